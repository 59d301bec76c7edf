/**
 * The origin file beside a deployment: which ref it follows, which packages of the base were taken out, whether it is
 * pinned. Source: rpm-ostree src/libpriv/rpmostree-origin.cxx, groups `origin` and `overrides`; ostree
 * src/libostree/ostree-deployment.c, group `libostree-transient`.
 */
import { statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import type { Deployment } from './boot-files.ts';
import { deploymentPath, followedRef, sysroot } from './names.ts';

const pinnedLines = '\n[libostree-transient]\npinned=true\n';

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

/** The text of an origin with the mark of `ostree admin pin`. */
export function pinnedText(text: string): string {
  return text.includes(pinnedLines) ? text : `${text}${pinnedLines}`;
}

/** What an origin says about its deployment. */
export type OriginFacts = Pick<Deployment, 'without' | 'isPinned'>;

/** The same of a deployment on the disk; nothing where its origin is gone. */
export function* readOrigin(
  os: Process,
  deployment: Pick<Deployment, 'commit' | 'serial'>,
): Procedure<OriginFacts> {
  const text = yield* readOriginText(os, deployment);
  const isPinned = text.includes(pinnedLines) ? { isPinned: true as const } : {};
  return { without: overridesIn(text), ...isPinned };
}

/** Path of the origin of a deployment, from the running machine. */
export function originPath({ commit, serial }: Pick<Deployment, 'commit' | 'serial'>): string {
  return `${sysroot}/${deploymentPath(commit, serial)}.origin`;
}

/** The text of an origin; empty where it is gone. */
export function* readOriginText(
  os: Process,
  deployment: Pick<Deployment, 'commit' | 'serial'>,
): Procedure<string> {
  const path = originPath(deployment);
  const there = yield* statusOf(os, path);
  return there?.kind === 'file' ? yield* os.readText(path) : '';
}
