/**
 * dpkg's database under a root: the status file, and a journal of records that is merged into it now and then.
 * Order of calls: recorded run mutable-dpkg. Source: dpkg lib/dpkg/dbmodify.c.
 */
import { textContent } from '../machine-files.ts';
import { namesIn, statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { contentText, type BlobTable, type Content } from '../../model/content.ts';
import { digest32 } from '../../model/seed.ts';
import { parseStatus, recordText, statusText, type PackageRecord } from './status-file.ts';

/** Journal records before they are merged. Source: dpkg lib/dpkg/dpkg-db.h, MAXUPDATES. */
const journalLengthMax = 250;

/** Padding that reserves space for the next record. Source: dpkg lib/dpkg/dbmodify.c, createimptmp. */
const padding = '#padding\n'.repeat(8);

/** What dpkg is started with. */
export interface DpkgContext {
  readonly os: Process;
  readonly blobs: BlobTable;
  /** Directory that everything lies below: empty for the running root. */
  readonly root: string;
  /** `force-unsafe-io`: no fsync of package files. Source: dpkg(1). */
  readonly unsafeIo: boolean;
  /** Bytes of one write of a package's file; the file system decides. */
  readonly copyBufferBytes?: number;
}

/** A digest of a file's bytes; stands for the MD5 sum that dpkg takes. */
export function digestOf(blobs: BlobTable, content: Content): string {
  const bytes = content.segments.map(
    ({ blob, fromBytes, lengthBytes }) =>
      `${blobs.get(blob).text}\n${String(blob === 0)} ${String(fromBytes)} ${String(lengthBytes)}`,
  );
  return digest32(`${String(content.sizeBytes)}\n${bytes.join('\n')}`)
    .toString(16)
    .padStart(8, '0');
}

/** The records that the disk holds: the status file, and over it the journal. */
export function* readRecords(
  os: Process,
  directory: string,
): Procedure<Map<string, PackageRecord>> {
  const records = new Map<string, PackageRecord>();
  const journal = (yield* namesIn(os, `${directory}/updates`)).filter((name) =>
    /^\d{4}$/.test(name),
  );
  for (const path of ['status', ...journal.map((name) => `updates/${name}`)]) {
    for (const record of parseStatus(yield* os.readText(`${directory}/${path}`))) {
      records.set(record.name, record);
    }
  }
  return records;
}

/** The open database of one run of dpkg. */
export class DpkgDatabase {
  readonly context: DpkgContext;
  /** Path of the database's directory. */
  readonly directory: string;
  readonly records = new Map<string, PackageRecord>();
  #journalNumber = 0;

  constructor(context: DpkgContext) {
    this.context = context;
    this.directory = `${context.root}/var/lib/dpkg`;
  }

  /** Takes the locks, reads what is there, and merges a journal that an interrupted run left. */
  *open(): Procedure {
    const { os } = this.context;
    for (const name of ['lock-frontend', 'lock']) yield* this.#touch(name);
    const found = yield* readRecords(os, this.directory);
    for (const [name, record] of found) this.records.set(name, record);
    const left = yield* namesIn(os, `${this.directory}/updates`);
    if (left.some((name) => /^\d{4}$/.test(name))) yield* this.#merge();
    yield* this.#reserve();
    yield* this.#touch('triggers/Lock');
  }

  *#touch(name: string): Procedure {
    const { os } = this.context;
    const flags = { access: 'write', create: true, truncate: true } as const;
    yield* os.close(yield* os.open(`${this.directory}/${name}`, flags));
  }

  *#reserve(): Procedure {
    yield* this.context.os.writeFile(`${this.directory}/updates/tmp.i`, padding);
  }

  /** Writes a record into the journal, durably. */
  *note(record: PackageRecord): Procedure {
    const { os } = this.context;
    this.records.set(record.name, record);
    const updates = `${this.directory}/updates`;
    const content = textContent(this.context.blobs, recordText(record));
    const fd = yield* os.open(`${updates}/tmp.i`, { access: 'read-write', create: true });
    yield* os.write(fd, content);
    yield* os.ftruncate(fd, content.sizeBytes);
    yield* os.fsync(fd);
    yield* os.close(fd);
    const name = String(this.#journalNumber++).padStart(4, '0');
    yield* os.rename(`${updates}/tmp.i`, `${updates}/${name}`);
    yield* os.fsyncPath(updates);
    if (this.#journalNumber >= journalLengthMax) yield* this.#merge();
    yield* this.#reserve();
  }

  /** Changes some fields of a package's record. */
  *change(name: string, fields: Partial<PackageRecord>): Procedure {
    const before = this.records.get(name);
    if (before !== undefined) yield* this.note({ ...before, ...fields });
  }

  /** Merges the journal into the status file. Source: dpkg lib/dpkg/dbmodify.c, modstatdb_checkpoint. */
  *#merge(): Procedure {
    const { os } = this.context;
    const path = `${this.directory}/status`;
    const shown = [...this.records.values()].filter(({ state }) => state !== 'not-installed');
    yield* os.writeFile(`${path}-new`, statusText(shown));
    yield* os.fsyncPath(`${path}-new`);
    if ((yield* statusOf(os, `${path}-old`)) !== undefined) yield* os.unlink(`${path}-old`);
    if ((yield* statusOf(os, path)) !== undefined) yield* os.link(path, `${path}-old`);
    yield* os.rename(`${path}-new`, path);
    yield* os.fsyncPath(this.directory);
    for (const name of yield* namesIn(os, `${this.directory}/updates`)) {
      if (/^\d{4}$/.test(name)) yield* os.unlink(`${this.directory}/updates/${name}`);
    }
    yield* os.fsyncPath(`${this.directory}/updates`);
    this.#journalNumber = 0;
  }

  /** Ends the run: merges the journal and lets the space go that was reserved. */
  *close(): Procedure {
    yield* this.#merge();
    yield* this.context.os.unlink(`${this.directory}/updates/tmp.i`);
  }

  /** A line in the log. */
  *log(text: string): Procedure {
    const flags = { access: 'write', create: true, append: true } as const;
    yield* this.context.os.writeFile(`${this.context.root}/var/log/dpkg.log`, `${text}\n`, flags);
  }

  /** Writes a file of the database beside its place, and renames it there, durably. */
  *replaceInformation(name: string, text: string): Procedure {
    const { os } = this.context;
    const path = `${this.directory}/info/${name}`;
    yield* os.writeFile(`${path}-new`, text);
    yield* os.fsyncPath(`${path}-new`);
    yield* os.rename(`${path}-new`, path);
    yield* os.fsyncPath(`${this.directory}/info`);
  }

  /** Text of a file of the database, or undefined when it is not there. */
  *information(name: string): Procedure<string | undefined> {
    const { os } = this.context;
    const path = `${this.directory}/info/${name}`;
    const status = yield* statusOf(os, path);
    return status === undefined ? undefined : contentText(yield* os.read(path), this.context.blobs);
  }
}
