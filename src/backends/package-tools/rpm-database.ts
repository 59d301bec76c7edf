/**
 * rpm's database under a root: SQLite with a write-ahead log. Each commit is durable before rpm goes on, and the log
 * becomes part of the database when rpm ends. Order of calls: recorded run mutable-rpm. Source: rpm 4.18
 * lib/backend/sqlite.c (WAL, synchronous=FULL, the log kept and truncated).
 */
import { statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { contentText, wholeBlob, type BlobTable, type Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';

/** What rpm is started with. */
export interface RpmContext {
  readonly os: Process;
  readonly blobs: BlobTable;
  /** Directory that everything lies below: empty for the running root. */
  readonly root: string;
  /** Path of the database below `root`. */
  readonly database: string;
}

/** Name → versions that the database calls installed; an update that was interrupted leaves two. */
export type RpmRecords = ReadonlyMap<string, ReadonlySet<string>>;

const pageBytes = 4096;

/** Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log, "WAL Frame Header Format". */
const frameHeaderBytes = 24;

/** Pages of one commit: a package's record and those of its indexes. Fitted to the 1300 writes of the recorded run. */
const commitPageCount = 20;

/** A page of the database that holds one record. */
function recordPage(blobs: BlobTable, text: string): Content {
  return wholeBlob(blobs.intern(text, pageBytes), pageBytes);
}

/** The database when these packages are installed. */
export function rpmDatabaseContent(blobs: BlobTable, records: RpmRecords): Content {
  const segments = [...records].flatMap(([name, versions]) =>
    [...versions].flatMap((version) => recordPage(blobs, `${name} ${version}\n`).segments),
  );
  return { sizeBytes: segments.length * pageBytes, segments };
}

/** The records in the text of a database and of its log. A commit whose last page is not whole does not count. */
export function parseRpmRecords(database: string, log: string): RpmRecords {
  const found = new Map<string, Set<string>>();
  const add = (name: string, version: string): void => {
    found.set(name, (found.get(name) ?? new Set()).add(version));
  };
  for (const [, name = '', version = ''] of database.matchAll(/^(\S+) (\S+)$/gm)) {
    add(name, version);
  }
  for (const [, change, name = '', version = ''] of log.matchAll(/^([+-])(\S+) (\S+)$/gm)) {
    if (change === '+') add(name, version);
    else found.get(name)?.delete(version);
  }
  return found;
}

/** What the disk says is installed. */
export function* readRpmRecords({ os, blobs, root, database }: RpmContext): Procedure<RpmRecords> {
  const texts: string[] = [];
  for (const path of [`${root}${database}`, `${root}${database}-wal`]) {
    const there = yield* statusOf(os, path);
    texts.push(there === undefined ? '' : contentText(yield* os.read(path), blobs));
  }
  const [main = '', log = ''] = texts;
  return parseRpmRecords(main, log);
}

/** The open database of one run of rpm. */
export class RpmDatabase {
  readonly context: RpmContext;
  readonly #path: string;
  #records: RpmRecords = new Map();
  #committed = false;

  constructor(context: RpmContext) {
    this.context = context;
    this.#path = `${context.root}${context.database}`;
  }

  /** Takes the lock and opens the log; what an interrupted run left in it becomes part of the database first. */
  *open(): Procedure {
    const { os, blobs } = this.context;
    this.#records = yield* readRpmRecords(this.context);
    const lock = `${parentOf(this.#path)}/.rpm.lock`;
    for (const path of [lock, `${this.#path}-wal`]) {
      yield* os.close(yield* os.open(path, { access: 'read-write', create: true }));
    }
    const index = yield* os.open(`${this.#path}-shm`, { access: 'read-write', create: true });
    yield* os.ftruncate(index, 8 * pageBytes);
    yield* os.write(index, recordPage(blobs, 'index of the log\n'));
    yield* os.close(index);
    const { sizeBytes } = yield* os.stat(`${this.#path}-wal`);
    if (sizeBytes > 0) yield* this.#checkpoint();
  }

  /** Notes that a version is installed, durably. */
  *add(name: string, version: string): Procedure {
    yield* this.#commit(`+${name} ${version}\n`);
  }

  /** Notes that a version is gone, durably. */
  *remove(name: string, version: string): Procedure {
    yield* this.#commit(`-${name} ${version}\n`);
  }

  /** The last page of a commit carries the record, so that half a commit says nothing. */
  *#commit(record: string): Procedure {
    const { os, blobs } = this.context;
    const fd = yield* os.open(`${this.#path}-wal`, { access: 'write', append: true });
    const indexBytes = (commitPageCount - 1) * (frameHeaderBytes + pageBytes) + frameHeaderBytes;
    const indexes = blobs.intern('pages of the indexes\n', indexBytes);
    for (let fromBytes = 0; fromBytes < indexBytes;) {
      const isHeader = fromBytes % (frameHeaderBytes + pageBytes) === 0;
      const lengthBytes = isHeader ? frameHeaderBytes : pageBytes;
      const segment = { blob: indexes, fromBytes, lengthBytes };
      yield* os.write(fd, { sizeBytes: lengthBytes, segments: [segment] });
      fromBytes += lengthBytes;
    }
    yield* os.write(fd, recordPage(blobs, record));
    yield* os.fdatasync(fd);
    yield* os.close(fd);
    this.#records = parseRpmRecords(recordText(this.#records), record);
    if (!this.#committed) yield* this.#syncDirectory();
    this.#committed = true;
  }

  /** SQLite makes the name of a log durable with the first commit. Source: sqlite src/wal.c. */
  *#syncDirectory(): Procedure {
    const { os } = this.context;
    const fd = yield* os.open(parentOf(this.#path), { access: 'read' });
    yield* os.fdatasync(fd);
    yield* os.close(fd);
  }

  /** The log becomes part of the database, durably, before it is emptied. */
  *#checkpoint(): Procedure {
    const { os, blobs } = this.context;
    const log = yield* os.open(`${this.#path}-wal`, { access: 'read-write' });
    yield* os.fdatasync(log);
    const fd = yield* os.open(this.#path, { access: 'write', create: true });
    const content = rpmDatabaseContent(blobs, this.#records);
    for (const segment of content.segments) {
      yield* os.write(fd, { sizeBytes: segment.lengthBytes, segments: [segment] });
    }
    yield* os.ftruncate(fd, content.sizeBytes);
    yield* os.fdatasync(fd);
    yield* os.close(fd);
    yield* os.ftruncate(log, 0);
    yield* os.close(log);
  }

  /** Ends the run. Source: rpm lib/backend/sqlite.c, sqlite_fini: `PRAGMA optimize`, then the checkpoint. */
  *close(): Procedure {
    yield* this.#commit('statistics\n');
    yield* this.#checkpoint();
  }
}

function recordText(records: RpmRecords): string {
  return [...records]
    .flatMap(([name, versions]) => [...versions].map((version) => `${name} ${version}\n`))
    .join('');
}
