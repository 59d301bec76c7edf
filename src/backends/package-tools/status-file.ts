/** Records of dpkg's database as text, and back. Source: dpkg(1), deb-control(5). */

/** States of a package. Source: dpkg(1), "Package states". */
export const packageStates = [
  'not-installed',
  'config-files',
  'half-installed',
  'unpacked',
  'half-configured',
  'installed',
] as const;

/** Before the digest of a configuration file that is to go when its package is configured. */
export const removedPrefix = 'remove-on-upgrade:';

/** One of them. */
export type PackageState = (typeof packageStates)[number];

/** What the database says of one package. */
export interface PackageRecord {
  readonly name: string;
  readonly want: 'install' | 'deinstall';
  /** Whether the package is broken and must be installed again. */
  readonly flag: 'ok' | 'reinstreq';
  readonly state: PackageState;
  readonly version: string;
  /** Path → digest of the file as the package shipped it; `newconffile` before it was ever configured. */
  readonly conffiles: ReadonlyMap<string, string>;
}

/** The record as one stanza, without the empty line after it. */
export function recordText(record: PackageRecord): string {
  const conffiles = [...record.conffiles].map(([path, digest]) => ` ${path} ${digest}\n`);
  return [
    `Package: ${record.name}\n`,
    `Status: ${record.want} ${record.flag} ${record.state}\n`,
    `Version: ${record.version}\n`,
    ...(conffiles.length === 0 ? [] : ['Conffiles:\n', ...conffiles]),
  ].join('');
}

/** All records as the text of the status file. */
export function statusText(records: Iterable<PackageRecord>): string {
  return [...records].map((record) => `${recordText(record)}\n`).join('');
}

/** The records in a text; a stanza that is not whole is left out. */
export function parseStatus(text: string): readonly PackageRecord[] {
  return text.split('\n\n').flatMap((stanza) => {
    const name = /^Package: (\S+)$/m.exec(stanza)?.[1];
    const status = /^Status: (install|deinstall) (ok|reinstreq) (\S+)$/m.exec(stanza);
    const version = /^Version: (\S+)$/m.exec(stanza)?.[1];
    const state = packageStates.find((candidate) => candidate === status?.[3]);
    if (name === undefined || version === undefined || state === undefined) return [];
    const conffiles = [...stanza.matchAll(/^ (\/\S+) (\S+)$/gm)].map(
      ([, path, digest]): readonly [string, string] => [path ?? '', digest ?? ''],
    );
    return [
      {
        name,
        want: status?.[1] === 'deinstall' ? 'deinstall' : 'install',
        flag: status?.[2] === 'reinstreq' ? 'reinstreq' : 'ok',
        state,
        version,
        conffiles: new Map(conffiles),
      },
    ];
  });
}
