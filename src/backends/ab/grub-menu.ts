/** The two menus that GRUB reads on an ABRoot system: which root comes first, and what that root starts. */
import type { MachineBrief } from '../backend.ts';
import type { VersionName } from '../../model/release.ts';
import { rootA, rootMenuPath, roots, versionNames, type Root } from './roots.ts';

/**
 * grub.cfg on vos-boot: entry A before entry B, `default` chooses. Source: the installer's template,
 * https://github.com/Vanilla-OS/vanilla-installer/blob/main/vanilla_installer/utils/processor.py.
 */
export function mainMenu(current: Root): string {
  const entries = roots.map((root) =>
    [
      `menuentry "${root === current ? 'Current' : 'Previous'} State (${root.letter})" --class abroot-${root.letter.toLowerCase()} {`,
      `  search --no-floppy --label --set=root ${root.label}`,
      `  configfile "${rootMenuPath}"`,
      '}',
    ].join('\n'),
  );
  return [`set default=${current === rootA ? '0' : '1'}`, 'set timeout=5', ...entries, ''].join(
    '\n',
  );
}

/** The root that a grub.cfg starts by default; undefined when its text is not whole. */
export function currentRoot(text: string): Root | undefined {
  return roots.find((root) => text === mainMenu(root));
}

/** abroot.cfg in a root. Source: ABRoot core/grub.go, generateABGrubConf. */
export function rootMenu(brief: MachineBrief, root: Root, version: VersionName): string {
  const kernel = brief.release.kernels[version];
  return [
    `  search --no-floppy --label --set=root ${root.label}`,
    `  linux   ${kernel?.image.path ?? ''} root=LABEL=${root.label} quiet splash ${version}`,
    `  initrd  ${kernel?.initramfs.path ?? ''}`,
    '',
  ].join('\n');
}

/** An abroot.cfg, read back; undefined when it names no kernel. */
export function parseRootMenu(
  text: string,
):
  | { readonly kernel: string; readonly initramfs: string; readonly version?: VersionName }
  | undefined {
  const kernel = /^ {2}linux {3}(\S+) (.*)$/m.exec(text);
  const initramfs = /^ {2}initrd {2}(\S+)$/m.exec(text)?.[1];
  if (kernel?.[1] === undefined || initramfs === undefined) return undefined;
  const words = (kernel[2] ?? '').split(' ');
  const version = versionNames.find((name) => words.includes(name));
  return { kernel: kernel[1], initramfs, ...(version === undefined ? {} : { version }) };
}
