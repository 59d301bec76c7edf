/** /etc/nixos/configuration.nix: the packages that it names, and what a system built from it goes without. */
import type { MachineBrief, Work } from '../backend.ts';
import { unneeded } from '../package-tools/dependencies.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { Release } from '../../model/release.ts';

/** Path of the configuration. */
export const configurationFile = '/etc/nixos/configuration.nix';

/** Packages that stand in the configuration: what nothing else needs and what no start needs. */
export function declarable({ packages }: Release): readonly string[] {
  const needed = new Set(
    packages.flatMap(({ name, depends }) => depends.filter((one) => one !== name)),
  );
  return packages
    .filter(({ name, essential, boot }) => !essential && !boot && !needed.has(name))
    .map(({ name }) => name);
}

/** The text of a configuration that names these packages. Source: NixOS manual, "Declarative Package Management". */
export function configurationText(names: readonly string[]): string {
  return [
    '{ config, pkgs, ... }:',
    '{',
    '  boot.loader.systemd-boot.enable = true;',
    '  users.mutableUsers = true;',
    '  environment.systemPackages = with pkgs; [',
    ...names.map((name) => `    ${name}`),
    '  ];',
    '}',
    '',
  ].join('\n');
}

/** Names between the brackets of a configuration. */
export function namedPackages(text: string): readonly string[] {
  const list = /systemPackages = with pkgs; \[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return list.split(/\s+/).filter((name) => name !== '');
}

/** The brief of the system that the configuration on the disk asks for; an error when there is no such file. */
export function* configuredBrief({ os, brief }: Work): Procedure<MachineBrief> {
  return briefNaming(brief, namedPackages(yield* os.readText(configurationFile)));
}

/** The brief of a system whose configuration names these packages; what only the others needed goes as well. */
export function briefNaming(brief: MachineBrief, names: readonly string[]): MachineBrief {
  const { release } = brief;
  const removed = declarable(release).filter((name) => !names.includes(name));
  if (removed.length === 0) return brief;
  const staying = release.packages
    .map(({ name }) => name)
    .filter((name) => !removed.includes(name));
  const without = [...removed, ...unneeded(release, new Set(staying))].sort();
  return { ...brief, without };
}
