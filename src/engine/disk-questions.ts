/** What can be asked of the disks of a run once its report is there; the page loads this with the first question. */
import { operationLog, type OperationLog } from './operation-log.ts';
import { StoredFiles } from './stored-files.ts';
import type { StoredListing } from '../model/stored-listing.ts';
import type { StudiedDisks } from './studied-disks.ts';

/** Answers questions about one machine. Instants are microseconds from the start of the step. */
export class DiskQuestions {
  readonly #disks: StudiedDisks;
  /** Prepared when somebody asks for files. */
  #files: StoredFiles | undefined;

  constructor(disks: StudiedDisks) {
    this.#disks = disks;
  }

  /** Everything stored at an instant. */
  stored(instantMicroseconds: number): StoredListing {
    this.#files ??= new StoredFiles(this.#disks);
    return this.#files.at(instantMicroseconds);
  }

  /** The last `countMax` operations until an instant whose words hold `filter`, and a few that come after it. */
  operations(instantMicroseconds: number, filter: string, countMax: number): OperationLog {
    return operationLog(this.#disks, instantMicroseconds, filter, countMax);
  }
}
