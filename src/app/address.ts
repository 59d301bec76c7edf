/** The address bar is the screen: what the fragment of the address says, and how it is written. */
import type { RunRequest } from '../engine/run-id.ts';
import type { Drive } from '../model/device.ts';
import { driveCode, driveOfCode } from '../model/drive-words.ts';
import { searchPolicies, type SearchPolicy } from '../model/scenario.ts';

/** Everything that the address names; a run id names a whole run, and the worker knows which; what it does not name is left to the page. */
export interface Address {
  readonly scenario?: string;
  readonly systems?: readonly string[];
  readonly instantMicroseconds?: number;
  readonly release?: 'classroom' | 'full';
  readonly seed?: number;
  readonly policy?: SearchPolicy;
  readonly variant?: string;
  readonly runId?: string;
  /** In the place of the scenario's own drive. */
  readonly drive?: Drive;
  /** How the screen is laid out; the bench where the address names nothing else. */
  readonly view?: View;
}

/** Ways to lay the screen out: `bench` also opens the bench before anything has run. */
export type View = 'bench' | 'projector';

/** Names that an address may use. */
export interface KnownNames {
  readonly scenarios: readonly string[];
  readonly systems: readonly string[];
}

/** What could be read, and a sentence for each thing that could not. */
export interface ReadAddress {
  readonly address: Address;
  readonly complaints: readonly string[];
}

const formatVersion = '1';
/** Machines side by side; more would be too narrow to read. */
export const systemCountMax = 6;

type Complain = (sentence: string) => void;

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function readSystems(text: string, known: KnownNames, complain: Complain): readonly string[] {
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  const found = names.filter((name) => known.systems.includes(name));
  for (const name of names.slice(0, systemCountMax)) {
    if (!found.includes(name)) {
      complain(`There is no machine “${shortened(name)}”; it is left out.`);
    }
  }
  return found;
}

function readNumber(text: string, pattern: RegExp, max: number): number | undefined {
  const value = Number(text);
  return pattern.test(text) && Number.isFinite(value) && value <= max ? value : undefined;
}

const readers: {
  readonly [key: string]: (text: string, known: KnownNames, complain: Complain) => Address;
} = {
  v: (text, _known, complain) => {
    if (text !== formatVersion) {
      complain(
        `The link is of format ${shortened(text)}, this page reads format ${formatVersion}.`,
      );
    }
    return {};
  },
  scenario: (text, known, complain) => {
    if (known.scenarios.includes(text)) return { scenario: text };
    complain(`There is no scenario “${shortened(text)}” here; choose one from the list.`);
    return {};
  },
  on: (text, known, complain) => {
    const systems = readSystems(text, known, complain);
    return systems.length === 0 ? {} : { systems };
  },
  at: (text, _known, complain) => {
    const seconds = readNumber(text.replace(/s$/, ''), /^\d+(\.\d{1,6})?$/, 1e6);
    if (seconds !== undefined) return { instantMicroseconds: Math.round(seconds * 1_000_000) };
    complain(`“${shortened(text)}” is not a time in seconds; the plug hangs where it hangs first.`);
    return {};
  },
  release: (text, _known, complain) => {
    if (text === 'classroom' || text === 'full') return { release: text };
    complain(`There is no release “${shortened(text)}”; the classroom release is used.`);
    return {};
  },
  seed: (text, _known, complain) => {
    const seed = readNumber(text, /^\d{1,10}$/, 0xffffffff);
    if (seed !== undefined) return { seed };
    complain(`“${shortened(text)}” is not a seed; a seed is a whole number below 4,294,967,296.`);
    return {};
  },
  search: (text, _known, complain) => {
    const policy = searchPolicies.find((one) => one === text);
    if (policy !== undefined) return { policy };
    complain(`There is no search “${shortened(text)}”; the scenario’s own is used.`);
    return {};
  },
  drive: (text, _known, complain) => {
    const drive = driveOfCode(text);
    if (drive !== undefined) return { drive };
    complain(`There is no drive “${shortened(text)}”; the scenario’s own is used.`);
    return {};
  },
  view: (text, _known, complain) => {
    if (text === 'bench' || text === 'projector') return { view: text };
    complain(`There is no view “${shortened(text)}”; this is the bench.`);
    return {};
  },
  // In a fragment a plus sign means a space, and a run id joins its systems by plus signs.
  run: (text) => ({ runId: text.slice(0, 400).replaceAll(' ', '+') }),
  variant: (text, _known, complain) => {
    if (/^[\w.: -]{1,80}$/.test(text)) return { variant: text };
    complain('The variant in the link cannot be read; the first one is used.');
    return {};
  },
};

/** Reads a fragment, with or without its `#`; a mangled one gives complaints and whatever is whole. */
export function readAddress(fragment: string, known: KnownNames): ReadAddress {
  const complaints: string[] = [];
  let address: Address = {};
  const text = fragment.replace(/^#/, '');
  if (text === '') return { address, complaints };
  const fields = new URLSearchParams(text.slice(0, 4000));
  const saysFormat = fields.has('v') || fields.has('run');
  if (!saysFormat) complaints.push('The link does not say its format; it may be cut short.');
  for (const [key, value] of fields) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader === undefined) {
      complaints.push(`“${shortened(key)}” means nothing in a link to this page.`);
    } else {
      address = { ...address, ...reader(value, known, (sentence) => complaints.push(sentence)) };
    }
  }
  return { address, complaints };
}

/** Writes a fragment without `#`; its keys always come in the same order. */
export function writeAddress(address: Address): string {
  const { scenario, systems, instantMicroseconds, release, seed, policy, variant, view, drive } =
    address;
  const fields: [string, string | undefined][] = [
    ['v', formatVersion],
    ['scenario', scenario],
    ['variant', variant],
    ['on', systems?.join(',')],
    ['at', instantMicroseconds === undefined ? undefined : String(instantMicroseconds / 1_000_000)],
    ['release', release],
    ['seed', seed === undefined ? undefined : String(seed)],
    ['search', policy],
    ['drive', drive === undefined ? undefined : driveCode(drive)],
    ['view', view === 'bench' ? undefined : view],
  ];
  return fields
    .flatMap(([key, value]) => {
      if (value === undefined) return [];
      return [`${key}=${encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%20', '+')}`];
    })
    .join('&');
}

/** What a run id names, as an address; machines in the order of the choosers. */
export function addressOfRun(request: RunRequest, known: readonly string[]): Address {
  const { scenario, systems, release, seed, variant, policy, cut, drive } = request;
  return {
    scenario,
    systems: known.filter((id) => systems.includes(id)),
    seed,
    ...(release === 'recorded' ? {} : { release }),
    ...(variant === undefined ? {} : { variant }),
    ...(policy === undefined ? {} : { policy }),
    ...(drive === undefined ? {} : { drive }),
    ...(cut?.kind === 'seconds' ? { instantMicroseconds: Math.round(cut.seconds * 1e6) } : {}),
  };
}
