/** How programs save a file, call by call. Source: recorded runs app-saves-ext4 and app-saves-btrfs. */
import type { Process, Procedure } from '../kernel/process.ts';
import type { SavePattern } from '../model/scenario.ts';

/** A file to save. */
export interface Saving {
  readonly path: string;
  readonly text: string;
  /** Whether the text is added to what is there. */
  readonly append: boolean;
  readonly how: SavePattern;
}

/** Saves a file the way a program does it. */
export function* save(os: Process, saving: Saving): Procedure {
  const { path, text, append, how } = saving;
  if (how === 'append') {
    yield* os.writeFile(path, text, { access: 'write', create: true, append: true });
    return;
  }
  const whole = append ? `${yield* existing(os, path)}${text}` : text;
  if (how === 'truncate-write') {
    yield* os.writeFile(path, whole);
    return;
  }
  const temporary = `${path}.tmp`;
  const fd = yield* os.open(temporary, { access: 'write', create: true, truncate: true });
  yield* os.writeText(fd, whole);
  if (how === 'temp-fsync-rename') yield* os.fsync(fd);
  yield* os.close(fd);
  yield* os.rename(temporary, path);
}

function* existing(os: Process, path: string): Procedure<string> {
  return yield* os.readText(path);
}
