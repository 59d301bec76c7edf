/**
 * The origin file beside a deployment: which ref it follows, and which packages of the base were taken out. Source:
 * rpm-ostree src/libpriv/rpmostree-origin.cxx, groups `origin` and `overrides`.
 */
import { statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import type { Deployment } from './boot-files.ts';
import { deploymentPath, followedRef, sysroot } from './names.ts';

/** Text of an origin file. A base that is changed is followed under another key than one that is taken as it is. */
export function originText(without: readonly string[]): string {
  if (without.length === 0) return `[origin]\nrefspec=${followedRef}\n`;
  return `[origin]\nbaserefspec=${followedRef}\n\n[overrides]\nremove=${without.join(';')};\n`;
}

/** Packages that an origin says were taken out. */
export function overridesIn(text: string): readonly string[] {
  const names = /^remove=(\S*)$/m.exec(text)?.[1] ?? '';
  return names.split(';').filter((name) => name !== '');
}

/** The same of a deployment on the disk; none where its origin is gone. */
export function* readOverrides(
  os: Process,
  { commit, serial }: Pick<Deployment, 'commit' | 'serial'>,
): Procedure<readonly string[]> {
  const path = `${sysroot}/${deploymentPath(commit, serial)}.origin`;
  const there = yield* statusOf(os, path);
  return there?.kind === 'file' ? overridesIn(yield* os.readText(path)) : [];
}
