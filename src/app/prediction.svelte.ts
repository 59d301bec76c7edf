/** What somebody has predicted and seen, question by question and machine by machine. */
import type { Question } from '../model/scenario.ts';

/** Answers by question and machine. */
type Answers = Record<string, string>;

const key = (question: Question, system: string): string => `${question.id} ${system}`;

/** How many machines are asked about unasked. */
const machineCountAsked = 2;

/** The predictions of one story; a new story starts with none. */
export class Predictions {
  /** Questions of the scenario, in its order; none for a scenario that asks nothing. */
  questions = $state.raw<readonly Question[]>([]);
  /** How many of them are asked: one, until somebody wants more. */
  questionCount = $state(1);
  #predicted = $state<Answers>({});
  #observed = $state<Answers>({});
  #wanted = $state<Record<string, boolean>>({});
  /** Set when somebody wants the verdicts without saying what they see. */
  isSkipped = $state(false);
  /** The principle that somebody chose as the reason, by question. */
  principles = $state<Answers>({});

  readonly asked = $derived(this.questions.slice(0, this.questionCount));
  readonly hasAny = $derived(Object.values(this.#predicted).some((answer) => answer !== ''));

  /** Forgets everything, for another story. */
  reset(questions: readonly Question[]): void {
    this.questions = questions;
    this.questionCount = 1;
    this.#predicted = {};
    this.#wanted = {};
    this.forgetWhatWasSeen();
  }

  /** The same story runs again: what was predicted stays. */
  forgetWhatWasSeen(): void {
    this.#observed = {};
    this.isSkipped = false;
    this.principles = {};
  }

  /** Whether the machine at this place of the row is asked about. */
  isAsked(system: string, place: number): boolean {
    return place < machineCountAsked || this.#wanted[system] === true;
  }

  want(system: string): void {
    this.#wanted[system] = true;
  }

  predicted(question: Question, system: string): string {
    return this.#predicted[key(question, system)] ?? '';
  }

  predict(question: Question, system: string, answer: string): void {
    this.#predicted[key(question, system)] = answer;
  }

  observed(question: Question, system: string): string {
    return this.#observed[key(question, system)] ?? '';
  }

  observe(question: Question, system: string, answer: string): void {
    this.#observed[key(question, system)] = answer;
  }

  /** The first question that was answered for this machine, and not yet looked at. */
  openQuestion(system: string): Question | undefined {
    if (this.isSkipped) return undefined;
    return this.asked.find(
      (question) =>
        this.predicted(question, system) !== '' && this.observed(question, system) === '',
    );
  }
}
