/** Run ids: a short text from which the very screen can be made again, or a reason why it cannot. */
import type { Outcome, Problem } from '../model/problem.ts';
import type { ReleaseSize } from '../model/release.ts';
import { digest32 } from '../model/seed.ts';

/** Version of the format and of the meaning of what it names; it changes whenever results change. */
const formatVersion = 1;

/** Everything that a run depends on. */
export interface RunRequest {
  readonly scenario: string;
  /** Digest of the scenario's text. */
  readonly digest: number;
  readonly variant?: string;
  readonly systems: readonly string[];
  readonly release: ReleaseSize;
  readonly seed: number;
  /** Instant of the cut in microseconds after the start of the step that it strikes. */
  readonly cutMicroseconds?: number;
}

const releaseSizes: readonly ReleaseSize[] = ['classroom', 'full', 'recorded'];

/** The id of a request: dot-separated fields and a checksum, safe in an address. */
export function encodeRunId(request: RunRequest): string {
  const fields = [
    `w${String(formatVersion)}`,
    request.scenario,
    request.digest.toString(36),
    request.variant ?? '-',
    request.systems.join('+'),
    request.release,
    request.seed.toString(36),
    request.cutMicroseconds === undefined ? '-' : request.cutMicroseconds.toString(36),
  ].join('.');
  return `${fields}.${(digest32(fields) % 46_656).toString(36).padStart(3, '0')}`;
}

function refused(code: string, text: string, why: string, fix: string): Outcome<RunRequest> {
  const problem: Problem = { code, line: 1, column: 1, text, why, fix };
  return { ok: false, problems: [problem] };
}

/** The request behind an id; a mangled or outdated one gives the reason. Never throws. */
export function decodeRunId(id: string): Outcome<RunRequest> {
  const cut = id.lastIndexOf('.');
  const fields = id.slice(0, Math.max(0, cut));
  const parts = fields.split('.');
  const [version = '', scenario = '', digest = '', variant = '', systems = '', release = ''] =
    parts;
  const [seed = '', instant = ''] = parts.slice(6);
  if (!/^w\d+$/.test(version)) {
    return refused(
      'bad-run-id',
      'This link does not name a run.',
      'A run id starts with w and a version number.',
      'Copy the whole link again, or choose the scenario by hand.',
    );
  }
  if (version !== `w${String(formatVersion)}`) {
    return refused(
      'stale-run-id',
      `This link was made with another version of the laboratory (${version}).`,
      'Results may have changed since, so the same screen cannot be promised.',
      'Run the scenario again.',
    );
  }
  const checksum = (digest32(fields) % 46_656).toString(36).padStart(3, '0');
  const size = releaseSizes.find((candidate) => candidate === release);
  if (parts.length !== 8 || checksum !== id.slice(cut + 1) || size === undefined) {
    return refused(
      'bad-run-id',
      'This link is incomplete or was changed on its way.',
      'The checksum at its end does not match the rest.',
      'Copy the whole link again, or choose the scenario by hand.',
    );
  }
  return {
    ok: true,
    value: {
      scenario,
      digest: parseInt(digest, 36),
      ...(variant === '-' ? {} : { variant }),
      systems: systems.split('+').filter((name) => name !== ''),
      release: size,
      seed: parseInt(seed, 36),
      ...(instant === '-' ? {} : { cutMicroseconds: parseInt(instant, 36) }),
    },
  };
}
