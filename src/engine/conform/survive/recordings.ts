/** Survival recordings as they lie in files, read field by field. */
import type { ConfigRecording } from './config-merge.ts';

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
  const isLayout = (value: unknown): boolean =>
    Object.entries(fieldsOf(value) ?? { none: 0 }).every(
      ([name, there]) => /\.(conf|psk)|^\.\.\//.test(name) && isCase(there),
    );
  if (layouts.length === 0 || !layouts.every(([, value]) => isLayout(value))) return undefined;
  return recording as ConfigRecording;
}
