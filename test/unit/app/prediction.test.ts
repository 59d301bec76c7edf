import { describe, expect, test } from 'vitest';
import {
  answerWords,
  judgement,
  machineAnswer,
  principleWords,
  trueAnswers,
} from '../../../src/app/prediction.ts';
import { screenAt } from '../../../src/app/instant.ts';
import type { Question } from '../../../src/model/scenario.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { scenarioIds, scenarioText } from '../../../src/cli/catalogue.ts';
import { systemCatalogue } from '../../../src/systems/catalogue.ts';
import { fixtureReports, screenOf } from './fixture-report.ts';

const starts: Question = {
  id: 'starts',
  about: 'boot',
  text: 'What can the machine be?',
  choices: ['old', 'new', 'half-updated', 'does-not-start'],
  why: { 'one-rename': 'One operation switches.' },
};
const thesis: Question = {
  ...starts,
  id: 'thesis',
  about: 'data.thesis.content',
  choices: ['updated', 'reverted', 'lost'],
};

describe('predictions', () => {
  test('each end of the story makes one offered answer true', () => {
    expect(trueAnswers(starts, screenOf('old'))).toEqual(['old']);
    expect(trueAnswers(starts, screenOf('new'))).toEqual(['new']);
    expect(trueAnswers(starts, screenOf('mixed-ok'))).toEqual(['half-updated']);
    expect(trueAnswers(starts, screenOf('broken-torn'))).toEqual(['does-not-start']);
    expect(trueAnswers(thesis, screenOf('old'))).toEqual(['reverted']);
  });

  test('“starts” is true of everything that starts, and of nothing else', () => {
    const question = { ...starts, choices: ['starts', 'does-not-start'] };
    expect(trueAnswers(question, screenOf('mixed-ok'))).toEqual(['starts']);
    expect(trueAnswers(question, screenOf('broken-torn'))).toEqual(['does-not-start']);
  });

  test('an end that no choice names is told in its own words, and no prediction holds', () => {
    const question = { ...starts, choices: ['new', 'does-not-start'] };
    const answers = { now: trueAnswers(question, screenOf('old')), elsewhere: [] };
    expect(judgement(question, 'new', answers)).toBe('it is: starts, old version');
  });

  test('a prediction that comes true only at another instant is told so', () => {
    const report = fixtureReports.find(({ timeline, screens }) => {
      return timeline !== undefined && new Set(screens.map(({ plain }) => plain)).size > 1;
    });
    if (report === undefined) throw new Error('no report with two ends');
    const answer = machineAnswer(starts, report, 0);
    if (answer === undefined) throw new Error('no answer');
    const [elsewhere = ''] = answer.elsewhere;
    expect(elsewhere).not.toBe('');
    expect(judgement(starts, elsewhere, answer)).toMatch(/what you said comes at another instant$/);
    expect(judgement(starts, answer.now[0] ?? '', answer)).toBe('so it is');
    expect(screenAt(report, 0)).toBeDefined();
  });

  test('a machine without the datum has no answer', () => {
    const nobody = { ...thesis, about: 'data.nothing.content' };
    expect(trueAnswers(nobody, screenOf('old'))).toEqual([]);
  });

  const ids = systemCatalogue.map(({ id }) => id);
  test.each(scenarioIds())('%s asks something, and each of its answers has words', (id) => {
    const parsed = parseScenario(scenarioText(id), ids);
    if (!parsed.ok) throw new Error('a bad scenario');
    expect(parsed.value.ask.length).toBeGreaterThan(0);
    for (const question of parsed.value.ask) {
      expect(Object.keys(question.why).length).toBeGreaterThan(1);
      for (const principle of Object.keys(question.why)) {
        expect(principleWords(principle)).toMatch(/^[a-z0-9 ]+$/i);
      }
      for (const choice of question.choices) {
        expect(answerWords(question, choice)).not.toMatch(/-/);
      }
    }
  });
});
