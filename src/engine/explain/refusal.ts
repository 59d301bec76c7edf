/** Programs that a file system cannot run, and why: a missing feature is no mistake of whoever asks. */
import { SystemError, type ErrorName } from '../../kernel/process.ts';
import type { Profile } from '../../persistence/profile.ts';
import { recordProgram, type LitmusCall, type LitmusProgram } from '../litmus/program.ts';
import { callInWords } from './words.ts';

/** Why a program is not told on a file system. */
export interface NotTold {
  readonly profile: string;
  readonly label: string;
  readonly text: string;
  /** Whether the file system lacks something; otherwise the program is at fault, on every one. */
  readonly isLack: boolean;
}

/** Why a program does not run here; undefined where it does. Throws what is no error of a system call. */
export function refusalOf(program: LitmusProgram, profile: Profile): NotTold | undefined {
  const { id, label } = profile;
  if (profile.metadataOrder === 'blocks' && !fitsSlot(program)) {
    const text = `A ${label} holds one image, block by block. There are no names, folders or lengths in it to change, so this program has no place there; the case slot-image has.`;
    return { profile: id, label, text, isLack: true };
  }
  const failed = firstFailure(program, id);
  if (failed === undefined) return undefined;
  const { call, place, error } = failed;
  const lack = lackOf(String(call[0]), error.code, label);
  const reason = lack ?? `${error.message}. The simulated kernel refuses what Linux refuses.`;
  return {
    profile: id,
    label,
    text: `${place} (${callInWords(call)}) fails there with ${error.code}: ${reason}`,
    isLack: lack !== undefined,
  };
}

function lackOf(name: string, code: ErrorName, label: string): string | undefined {
  if (name === 'link' && code === 'EPERM') {
    return `${label} has no hard links. To keep the old version there, copy it and call syncfs.`;
  }
  if (name === 'symlink' && code === 'EPERM') return `${label} has no symbolic links.`;
  if (code === 'ENOTTY') return `${label} has no subvolumes.`;
  return undefined;
}

interface Failure {
  readonly call: LitmusCall;
  readonly place: string;
  readonly error: SystemError;
}

function firstFailure(program: LitmusProgram, profile: string): Failure | undefined {
  const error = errorOf(program, profile);
  if (error === undefined) return undefined;
  for (let count = 1; count <= program.setup.length; count++) {
    const setup = program.setup.slice(0, count);
    const call = setup.at(-1);
    if (call === undefined || errorOf({ setup, ops: [] }, profile) === undefined) continue;
    return { call, place: `Call ${String(count)} of setup`, error };
  }
  const count = program.ops.findIndex(
    (_, index) =>
      errorOf({ setup: program.setup, ops: program.ops.slice(0, index + 1) }, profile) !==
      undefined,
  );
  return { call: program.ops[count] ?? [], place: `Call ${String(count + 1)}`, error };
}

function errorOf(program: LitmusProgram, profile: string): SystemError | undefined {
  try {
    recordProgram(program, profile);
    return undefined;
  } catch (error) {
    if (error instanceof SystemError) return error;
    throw error;
  }
}

const slotCalls = new Set(['write', 'owrite', 'writesync', 'fsync', 'fdatasync', 'sync', 'syncfs']);

/** Whether a program writes over images that are there, and does nothing else. */
function fitsSlot({ setup, ops }: LitmusProgram): boolean {
  const sizes = new Map<string, number>();
  for (const [name, path, offset, length] of setup) {
    if (name !== 'write' || String(path).includes('/')) return false;
    sizes.set(String(path), Number(offset) + Number(length));
  }
  return ops.every(([name, path, offset = 0, length = 0]) => {
    if (!slotCalls.has(String(name))) return false;
    if (name === 'sync' || name === 'syncfs') return true;
    const size = sizes.get(String(path));
    return size !== undefined && Number(offset) + Number(length) <= size;
  });
}
