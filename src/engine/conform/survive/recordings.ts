/** Survival recordings as they lie in files, read field by field. */
import type { ConfigRecording } from './config-merge.ts';
import { withoutPath } from './rm-run.ts';

type Fields = { readonly [field: string]: unknown };

/** An object with fields, or undefined. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

/** The strings of a list; what is no string is left out. */
export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === 'string')
    : [];
}

/** Layout → case → state → words; undefined when the JSON has another shape. */
export function configRecordingOf(recording: unknown): ConfigRecording | undefined {
  const layouts = Object.entries(fieldsOf(recording) ?? {});
  const isCase = (value: unknown): boolean =>
    Object.values(fieldsOf(value) ?? { none: 0 }).every((words) => typeof words === 'string');
  const isLayout = (value: unknown): boolean => {
    const files = Object.entries(fieldsOf(value) ?? {});
    return (
      files.length > 0 &&
      files.every(([name, there]) => /\.(conf|psk)|^\.\.\//.test(name) && isCase(there))
    );
  };
  if (layouts.length === 0 || !layouts.every(([, value]) => isLayout(value))) return undefined;
  return recording as ConfigRecording;
}

/** What became of the files of one kind. */
export interface KindOutcome {
  readonly files: number;
  readonly lost: number;
  /** Intact, or changed by the running system itself. */
  readonly there: number;
  /** Of those changed: whiteouts, which an upper directory has where a file was. */
  readonly hidden: number;
  readonly lostLinks: number;
  readonly lostElsewhere: number;
}

/** A recorded run of rm. */
export interface RmRecording {
  readonly layout: string;
  readonly log: readonly string[];
  /** Reason → lines. */
  readonly errors: { readonly [reason: string]: number };
  /** `reason | directory` → lines. */
  readonly errorsByTop: { readonly [place: string]: number };
  readonly kinds: { readonly [kind: string]: KindOutcome };
  readonly loaderOnEsp: boolean | undefined;
  /** Boot entries put back by hand, and what the machine printed. */
  readonly recovery: readonly { readonly file: string; readonly lines: readonly string[] }[];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function countsOf(value: unknown): { readonly [name: string]: number } {
  return Object.fromEntries(
    Object.entries(fieldsOf(value) ?? {}).map(([name, count]) => [name, numberOf(count)]),
  );
}

/** Paths in the upper directory of an overlay that a run as root changed are whiteouts: nothing else changes them. */
function hiddenOf(examples: unknown): number {
  return stringsOf(examples).filter((path) => /\/overlay\/|etc\/upper\//.test(path)).length;
}

function kindOf(value: unknown, examples: unknown): KindOutcome {
  const fields = fieldsOf(value) ?? {};
  return {
    files: numberOf(fields['files']),
    lost: numberOf(fields['lost']),
    there: numberOf(fields['intact']) + numberOf(fields['changed']),
    hidden: hiddenOf(examples),
    lostLinks: numberOf(fields['lost_links']),
    lostElsewhere: numberOf(fields['lost_but_same_content_elsewhere']),
  };
}

/** A run of rm; undefined when the JSON has another shape. */
export function rmRecordingOf(recording: unknown): RmRecording | undefined {
  const fields = fieldsOf(recording);
  const kinds = fieldsOf(fields?.['kinds']);
  const layout = fields?.['layout'];
  if (fields === undefined || kinds === undefined || typeof layout !== 'string') return undefined;
  if (!Array.isArray(fields['log'])) return undefined;
  const errors = fieldsOf(fields['errors']) ?? {};
  const isRoot = !stringsOf(fields['log']).some((line) => line.includes('--reuid='));
  const examples = (isRoot ? fieldsOf(fields['changed_examples']) : undefined) ?? {};
  const loader = fields['loader_on_esp'];
  return {
    layout,
    log: stringsOf(fields['log']),
    errors: withoutPaths(countsOf(errors['total'])),
    errorsByTop: countsOf(errors['by_top']),
    kinds: Object.fromEntries(
      Object.entries(kinds).map(([kind, value]) => [kind, kindOf(value, examples[kind])]),
    ),
    loaderOnEsp: typeof loader === 'boolean' ? loader : undefined,
    recovery: startsOf(fields['recovery_boot']),
  };
}

/** Lines of one reason together, whatever path is in the words. */
function withoutPaths(errors: { readonly [reason: string]: number }) {
  const counts: Record<string, number> = {};
  for (const [reason, lines] of Object.entries(errors)) {
    const plain = withoutPath(reason);
    counts[plain] = (counts[plain] ?? 0) + lines;
  }
  return counts;
}

function startsOf(value: unknown): RmRecording['recovery'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((start: unknown) => {
    const fields = fieldsOf(start);
    const file = fields?.['entry'];
    return typeof file === 'string' ? [{ file, lines: stringsOf(fields?.['lines']) }] : [];
  });
}

/** A recorded layout before anything was done to it. */
export interface BaseRecording {
  readonly layout: string;
  readonly kinds: { readonly [kind: string]: number };
  /** Every boot entry that was on the disk, started once. */
  readonly boots: readonly {
    readonly file: string;
    readonly booted: boolean;
    readonly kernelFound: boolean;
    readonly lines: readonly string[];
  }[];
  /** Version of each entry, where it says one that is a version of the laboratory. */
  readonly versions: { readonly [file: string]: string };
}

/** A layout; undefined when the JSON has another shape. */
export function baseRecordingOf(recording: unknown): BaseRecording | undefined {
  const fields = fieldsOf(recording);
  const layout = fields?.['layout'];
  const boots = fields?.['boots'];
  if (fields === undefined || typeof layout !== 'string' || !Array.isArray(boots)) return undefined;
  const entries = fieldsOf(fields['entries'])?.['entries'];
  return {
    layout,
    kinds: countsOf(fields['kinds']),
    boots: boots.flatMap((boot: unknown) => {
      const { entry, booted, ...found } = fieldsOf(boot) ?? {};
      if (typeof entry !== 'string') return [];
      const kernelFound = found['kernel_found'] === true && found['initrd_found'] === true;
      return [
        { file: entry, booted: booted === true, kernelFound, lines: stringsOf(found['lines']) },
      ];
    }),
    versions: versionsOf(Array.isArray(entries) ? entries : []),
  };
}

function versionsOf(entries: readonly unknown[]): { readonly [file: string]: string } {
  const versions: Record<string, string> = {};
  for (const entry of entries) {
    const { file, version } = fieldsOf(entry) ?? {};
    if (typeof file !== 'string' || typeof version !== 'string') continue;
    versions[file] = /^\d+$/.test(version) ? `v${version}` : version;
  }
  return versions;
}

/** Recorded tampering. */
export interface TamperRecording {
  readonly layout: string;
  readonly attempts: readonly string[];
  /** What the version that was attacked shows after a restart. */
  readonly again: readonly string[];
  /** Boot entry of an earlier version → what that one shows. */
  readonly previous: { readonly [file: string]: readonly string[] };
  readonly verify: readonly string[];
}

/** Tampering; undefined when the JSON has another shape. */
export function tamperRecordingOf(recording: unknown): TamperRecording | undefined {
  const fields = fieldsOf(recording);
  const layout = fields?.['layout'];
  if (fields === undefined || typeof layout !== 'string') return undefined;
  if (!Array.isArray(fields['tamper'])) return undefined;
  const previous = Object.entries(fieldsOf(fields['boot_previous']) ?? {});
  return {
    layout,
    attempts: stringsOf(fields['tamper']),
    again: stringsOf(fields['boot_again']),
    previous: Object.fromEntries(previous.map(([file, lines]) => [file, stringsOf(lines)])),
    verify: stringsOf(fields['verify']),
  };
}
