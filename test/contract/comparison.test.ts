import { beforeAll, describe, expect, test } from 'vitest';
import { inabilityOf, type Capability } from '../../src/backends/backend.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';
import { capabilityTitles, comparisonMarkdown } from './comparison-page.ts';
import { comparedSystems, type Compared } from './comparison-runs.ts';

let all: readonly Compared[] = [];
let page = '';
beforeAll(() => {
  all = comparedSystems();
  page = comparisonMarkdown(all);
}, 600_000);

/** The cells of a row, without its title. */
function row(title: string): readonly string[] {
  const line = page.split('\n').find((one) => one.startsWith(`| **${title}** |`)) ?? '';
  return line.split(/(?<!\\) ?\| ?/).slice(2, -1);
}

describe('the page that compares systems', () => {
  test('has a column for every system', () => {
    for (const { name } of systemCatalogue) expect(page).toContain(`## ${name}\n`);
    expect(row('Mechanism')).toEqual(systemCatalogue.map(({ mechanism }) => mechanism));
  });

  test('has a row for every capability, and says why and by whose word where there is none', () => {
    for (const [name, [title]] of Object.entries(capabilityTitles)) {
      const cells = row(title);
      expect(cells, title).toHaveLength(systemCatalogue.length);
      all.forEach(({ backend, system }, index) => {
        const capability = name as Capability;
        const cannot = inabilityOf(backend, system.options, capability);
        const has = backend[capability] !== undefined && cannot === undefined;
        expect(cells[index]?.startsWith('**cannot**'), `${backend.id} ${title}`).toBe(!has);
        if (cannot !== undefined) expect(cells[index]).toContain(cannot.because);
        if (cannot !== undefined) expect(cells[index]).toContain(cannot.source);
      });
    }
  });

  test('leaves no cell empty and nothing unjudged', () => {
    for (const line of page.split('\n').filter((one) => one.startsWith('| **'))) {
      expect(line).not.toMatch(/\|\s+\||not judged|not mounted|undefined/);
    }
  });

  test('says of each system with an /etc for every version that a change there goes back, also after a restart', () => {
    const cells = row('Going back, a change in /etc');
    const told = new Map(systemCatalogue.map(({ id }, index) => [id, cells[index]]));
    for (const id of ['fedora-silverblue', 'vanilla-os', 'opensuse-microos']) {
      expect(told.get(id), id).toBe('goes back');
    }
    expect(told.get('nixos')).toBe('stays');
  });

  test('docs/comparison.md is this page', async () => {
    await expect(page).toMatchFileSnapshot('../../docs/comparison.md');
  });
});
