/** Run ids: a short text from which the very screen can be made again, or a reason why it cannot. */
import type { Drive } from '../model/device.ts';
import { driveCode, driveOfCode } from '../model/drive-words.ts';
import type { Outcome, Problem } from '../model/problem.ts';
import type { ReleaseSize } from '../model/release.ts';
import { searchPolicies, type Instant, type SearchPolicy } from '../model/scenario.ts';
import { digest32 } from '../model/seed.ts';

/** Version of the format and of the meaning of what it names; it changes whenever results change. */
const formatVersion = 4;

/** Everything that a run depends on. */
export interface RunRequest {
  readonly scenario: string;
  /** Digest of the scenario's text. */
  readonly digest: number;
  readonly variant?: string;
  readonly systems: readonly string[];
  readonly release: ReleaseSize;
  readonly seed: number;
  /** How the fault is searched, when the scenario's own way was overridden. */
  readonly policy?: SearchPolicy;
  /** When the power fails, when that was overridden. */
  readonly cut?: Instant;
  /** What the drives promise, when that was overridden. */
  readonly drive?: Drive;
}

const releaseSizes: readonly ReleaseSize[] = ['classroom', 'full', 'recorded'];

/** A label, letter by letter, safe between dots. */
const spelled = (text: string): string =>
  Array.from(text, (sign) => `-${(sign.codePointAt(0) ?? 0).toString(36)}`).join('');

const unspelled = (text: string): string =>
  text
    .split('-')
    .slice(1)
    .map((code) => String.fromCodePoint(parseInt(code, 36) % 0x11_0000))
    .join('');

/** Shares count in millionths of a percent, times in microseconds, labels letter by letter. */
function instantText(instant: Instant): string {
  switch (instant.kind) {
    case 'share':
      return `p${Math.round(instant.percent * 1e6).toString(36)}`;
    case 'seconds':
      return `t${Math.round(instant.seconds * 1e6).toString(36)}`;
    case 'commit':
      return 'c';
    case 'label':
      return `l${spelled(instant.label)}`;
  }
}

function readInstant(text: string): Instant | undefined {
  const value = parseInt(text.slice(1), 36) / 1e6;
  switch (text[0]) {
    case 'p':
      return { kind: 'share', percent: value };
    case 't':
      return { kind: 'seconds', seconds: value };
    case 'c':
      return { kind: 'commit' };
    case 'l':
      return { kind: 'label', label: unspelled(text.slice(1)) };
    default:
      return undefined;
  }
}

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
    request.policy ?? '-',
    request.cut === undefined ? '-' : instantText(request.cut),
    request.drive === undefined ? '-' : driveCode(request.drive),
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
  const [seed = '', policyText = '', instant = '', driveText = ''] = parts.slice(6);
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
  if (parts.length !== 10 || checksum !== id.slice(cut + 1) || size === undefined) {
    return refused(
      'bad-run-id',
      'This link is incomplete or was changed on its way.',
      'The checksum at its end does not match the rest.',
      'Copy the whole link again, or choose the scenario by hand.',
    );
  }
  const policy = searchPolicies.find((candidate) => candidate === policyText);
  const at = readInstant(instant);
  const drive = driveOfCode(driveText);
  return {
    ok: true,
    value: {
      scenario,
      digest: parseInt(digest, 36),
      ...(variant === '-' ? {} : { variant }),
      systems: systems.split('+').filter((name) => name !== ''),
      release: size,
      seed: parseInt(seed, 36),
      ...(policy === undefined ? {} : { policy }),
      ...(at === undefined ? {} : { cut: at }),
      ...(drive === undefined ? {} : { drive }),
    },
  };
}
