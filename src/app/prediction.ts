/** Predict, observe, explain: what somebody expects of a machine, what came, and how the two compare. */
import type { Fates } from '../model/fate.ts';
import type { Screen, SystemReport } from '../model/report.ts';
import type { Question } from '../model/scenario.ts';
import { screenAt } from './instant.ts';
import { listed, wordsOfContent } from './words.ts';

/** How the answers to a question about the start read. */
const bootWords: { readonly [word: string]: string } = {
  old: 'starts, old version',
  new: 'starts, new version',
  'half-updated': 'starts, half updated',
  damaged: 'starts, damaged',
  starts: 'starts',
  'does-not-start': 'does not start',
};

const fateWords: { readonly [word: string]: string } = {
  ...wordsOfContent,
  open: 'within reach',
  'locked away': 'there, but out of reach',
  safe: 'nobody else has read it',
  leaked: 'somebody else has read it',
  owner: 'only its owner’s work',
  tampered: 'changed by somebody else',
};

/** An answer of the scenario's language, as a person says it. */
export function answerWords({ about }: Question, answer: string): string {
  const words = about === 'boot' ? bootWords : fateWords;
  return words[answer] ?? answer;
}

function bootAnswers({ plain, outcome, verdict }: Screen): readonly string[] {
  const own = Object.keys(bootWords).find((word) => bootWords[word] === plain);
  return [...(own === undefined ? [] : [own]), ...(verdict.starts ? ['starts'] : []), outcome];
}

function fateAnswer(screen: Screen, about: string): string | undefined {
  const [, datum = '', axis = ''] = about.split('.');
  const fates = screen.fates.find((one) => one.datum === datum)?.fates;
  return fates?.[axis as keyof Fates];
}

/** The answers that one end of the story makes true; none where the machine has no such thing. */
export function trueAnswers(question: Question, screen: Screen): readonly string[] {
  const answers =
    question.about === 'boot'
      ? bootAnswers(screen)
      : [fateAnswer(screen, question.about) ?? ''].filter((answer) => answer !== '');
  const offered = [...new Set(answers)].filter((answer) => question.choices.includes(answer));
  return offered.length > 0 ? offered : answers.slice(0, 1);
}

/** What a machine answers to a question, at an instant and at all the others. */
export interface MachineAnswer {
  readonly now: readonly string[];
  /** At other instants of the same update; empty without a timeline. */
  readonly elsewhere: readonly string[];
}

/** Undefined where the report has no answer for the instant. */
export function machineAnswer(
  question: Question,
  report: SystemReport,
  instant: number,
): MachineAnswer | undefined {
  const screen = screenAt(report, instant);
  if (screen === undefined) return undefined;
  const now = trueAnswers(question, screen);
  const places = new Set(report.timeline?.runs.map((run) => run.screen));
  const all = [...places].flatMap((place) => {
    const other = report.screens[place];
    return other === undefined ? [] : trueAnswers(question, other);
  });
  return { now, elsewhere: [...new Set(all)].filter((answer) => !now.includes(answer)) };
}

/** What the marks say of an answer that somebody gave. */
export function judgement(
  question: Question,
  given: string,
  { now, elsewhere }: MachineAnswer,
): string {
  if (now.includes(given)) return 'so it is';
  const is = now.map((answer) => answerWords(question, answer));
  const comes = elsewhere.includes(given) ? '; what you said comes at another instant' : '';
  return `it is: ${listed(is)}${comes}`;
}

/** A principle as a few words, from its name in the scenario. */
export function principleWords(name: string): string {
  return name.replaceAll('-', ' ');
}
