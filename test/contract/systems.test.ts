import { describe, expect, test } from 'vitest';
import { backendNamed } from '../../src/backends/registry.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';

/** What the article of 2023 describes and what is no longer so; a system that is not named here has not moved since. */
const movedSince2023 = [
  'fedora-silverblue',
  'vanilla-os',
  'opensuse-microos',
  'nixos',
  'opensuse-tumbleweed',
  'fedora-workstation',
  'fedora-workstation-offline',
  'gnome-os',
];

test('no two systems share an id or a name', () => {
  expect(new Set(systemCatalogue.map(({ id }) => id)).size).toBe(systemCatalogue.length);
  expect(new Set(systemCatalogue.map(({ name }) => name)).size).toBe(systemCatalogue.length);
});

test('each system that has moved since 2023 is among the systems', () => {
  expect(systemCatalogue.map(({ id }) => id)).toEqual(expect.arrayContaining(movedSince2023));
});

describe.each(systemCatalogue.map((system) => [system.name, system] as const))(
  '%s',
  (_, system) => {
    test('says as of which month its facts are', () => {
      expect(system.asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    });

    test('names at least two sources, each a public address or a recorded run', () => {
      expect(new Set(system.sources).size).toBe(system.sources.length);
      expect(system.sources.length).toBeGreaterThanOrEqual(2);
      for (const source of system.sources) {
        expect(source).toMatch(/^(https?:\/\/\S+$|recorded run )/);
      }
      expect(system.sources.filter((source) => /^https?:/.test(source)).length).toBeGreaterThan(0);
    });

    test('says then and now exactly where it has moved since 2023, with the years', () => {
      const has = system.thenAndNow !== undefined;
      expect(has).toBe(movedSince2023.includes(system.id));
      if (has) expect(system.thenAndNow).toMatch(/\b20\d\d\b.*\.$/);
    });

    test('says in sentences what protects what and where it is simpler', () => {
      for (const list of [system.protections, system.simplified]) {
        expect(list.length).toBeGreaterThan(0);
        for (const sentence of list) expect(sentence).toMatch(/\.$/);
      }
    });

    test('has only options that its mechanism knows, with values that it knows', () => {
      const { optionTable } = backendNamed(system.backend);
      for (const [option, value] of Object.entries(system.options)) {
        expect(optionTable[option]?.values, option).toContain(value);
      }
    });
  },
);
