/** Disks that are known to come to the same are judged once, and nothing that a search tells depends on that. */
import { describe, expect, test } from 'vitest';
import type { CutStudy } from '../../src/engine/cut-report.ts';
import { SearchedDisks } from '../../src/engine/searched-disks.ts';
import type { SearchPolicy } from '../../src/model/scenario.ts';
import { search, type Judge } from '../../src/persistence/explorer.ts';
import { policyTable } from '../../src/persistence/policies.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';
import { studyOf } from '../bench/workload.ts';
import { recordedRelease } from '../unit/backends/recorded-release.ts';

function updateOf(id: string): CutStudy {
  const system = systemCatalogue.find((one) => one.id === id);
  if (system === undefined) throw new Error(`no system ${id}`);
  return studyOf(system, recordedRelease);
}

/** The judge without a word on which disks come to the same, so that every disk is shown to it. */
function withoutFolding(judge: SearchedDisks): Judge {
  return {
    fresh: () => judge.fresh(),
    visit: (visit) => {
      judge.visit(visit);
    },
    dependsOn: (...place) => judge.dependsOn(...place),
    resultNow: () => judge.resultNow(),
  };
}

function told(given: CutStudy, policy: SearchPolicy, folds: boolean) {
  const { windows, judging, span } = given;
  const searched = new SearchedDisks(windows, judging, span);
  let visits = 0;
  const visit = searched.visit.bind(searched);
  searched.visit = (one) => {
    visits++;
    visit(one);
  };
  const times = { startMicroseconds: span.start, endMicroseconds: span.end };
  const judge = folds ? searched : withoutFolding(searched);
  const found = search(policyTable[policy], windows, judge, times);
  const { likely, possible } = searched;
  const instants = [...new Set([...likely.edges, ...possible.edges])].sort((a, b) => a - b);
  const fates = [...searched.fates].map(([datum, contents]) => [
    datum,
    [...contents.keys()].sort(),
  ]);
  return {
    looked: found.visits,
    visits,
    notSearched: found.notSearched,
    says: {
      classes: possible.classes,
      likely: likely.classes,
      worst: worstOver(possible, instants),
      fates,
    },
  };
}

/** The worst class from each instant on, where it changes. */
function worstOver(possible: SearchedDisks['possible'], instants: readonly number[]) {
  const worst = possible.worstAt(instants);
  return instants
    .map((instant, index) => ({ instant, worst: worst[index] }))
    .filter((one, index, all) => one.worst !== all[index - 1]?.worst);
}

const systems = systemCatalogue.map(({ id }) => id);

describe.each(systems)('%s', (id) => {
  const study = updateOf(id);
  const known = new Map<SearchPolicy, ReturnType<typeof told>>();
  const foldedOnce = (policy: SearchPolicy) => {
    const one = known.get(policy) ?? told(study, policy, true);
    known.set(policy, one);
    return one;
  };

  test.each(['every-op', 'reordered'] as const)(
    '%s: each disk by itself, or one for all that come to the same: the same classes, times and fates',
    (policy) => {
      const folded = foldedOnce(policy);
      const plain = told(study, policy, false);
      expect(folded.visits).toBeLessThanOrEqual(plain.visits);
      const isComplete = (one: typeof plain): boolean =>
        !one.notSearched.some((sentence) => sentence.includes('combinations'));
      if (isComplete(plain)) expect(folded.says).toEqual(plain.says);
      // What was not combined for want of room may only be missing, never be said more.
      else expect(folded.says.classes).toEqual(expect.arrayContaining([...plain.says.classes]));
    },
  );

  test('a search of reordered writes finds every class that a search of every operation finds', () => {
    const { says } = foldedOnce('reordered');
    expect(says.classes).toEqual(expect.arrayContaining([...foldedOnce('every-op').says.classes]));
  });
});
