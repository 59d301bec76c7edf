/** What the page shows, and what its controls do: the one object that components read and call. */
import type { Drive } from '../model/device.ts';
import type { SystemReport } from '../model/report.ts';
import type { SearchPolicy } from '../model/scenario.ts';
import { startActor } from './actor.svelte.ts';
import {
  addressOfRun,
  readAddress,
  systemCountMax,
  writeAddress,
  type Address,
  type View,
} from './address.ts';
import { axisOf } from './axis.ts';
import { catalogue, type SystemHeadline } from './catalogue.ts';
import { DiskLook } from './disk-look.svelte.ts';
import type { Ending } from './fates-table.ts';
import { firstMinute } from './first-minute.ts';
import { changes, firstInstant, placeOfScreen } from './instant.ts';
import { groupedEndings, spokenInstant } from './lane-words.ts';
import { announcementOf, eventOf } from './heard.ts';
import { Guessing, shuffled } from './guessing.svelte.ts';
import { KeptEnds } from './kept-ends.svelte.ts';
import { Laboratory } from './laboratory.ts';
import type { Answer, ScenarioSource } from './messages.ts';
import { OwnScenario } from './own-scenario.svelte.ts';
import { pageMachine } from './page-machine.ts';
import { Player } from './player.svelte.ts';
import { Predictions } from './prediction.svelte.ts';
import type { OpenWhy } from './why.ts';
import { clock } from './words.ts';

const knownNames = {
  scenarios: catalogue.scenarios.map(({ id }) => id),
  systems: catalogue.systems.map(({ id }) => id),
};
const usual = {
  release: 'classroom',
  seed: 1,
  systems: catalogue.systems.filter(({ onRequest }) => onRequest !== true).map(({ id }) => id),
} as const;

/** State and actions of the page. */
export class Page {
  readonly #actor = startActor(pageMachine);
  readonly #laboratory = new Laboratory({
    answered: (answer, purpose) => {
      if (purpose === 'check') this.announcement = this.own.hear(answer) ?? this.announcement;
      else if (purpose === 'open') this.#hearOfLink(answer);
      else if (purpose === 'run') this.#hear(answer);
      else this.disks.hear(answer, purpose);
    },
    crashed: (detail) => {
      this.disks.crashed();
      const text = `The laboratory’s worker stopped (${detail}). A new one is ready; run again.`;
      this.#actor.send({ type: 'failed', text });
      this.announcement = text;
    },
  });

  /** `first` is the first minute, which has no address of its own: it is what the bare page shows. */
  view = $state<View | 'first'>('first');
  source = $state.raw<ScenarioSource>({ kind: 'catalogue', id: knownNames.scenarios[0] ?? '' });
  selected = $state.raw<readonly string[]>(usual.systems);
  release = $state<'classroom' | 'full'>(usual.release);
  seed = $state<number>(usual.seed);
  policy = $state<SearchPolicy | undefined>();
  variant = $state<string | undefined>();
  /** In the place of the scenario's own drive. */
  drive = $state.raw<Drive | undefined>();
  readonly kept = new KeptEnds();
  readonly guessing = new Guessing();
  /** Where somebody has put the plug; undefined while it hangs where it hung first. */
  chosenInstant = $state<number | undefined>();
  /** Bets of the first minute, by machine. */
  bets = $state<Record<string, string>>({});
  /** What is predicted and seen on the bench. */
  readonly predictions = new Predictions();
  readonly player = new Player(this);
  /** Datum that the lanes tell of; empty for the start, undefined while nobody has chosen. */
  laneSubject = $state<string | undefined>();
  complaints = $state.raw<readonly string[]>([]);
  announcement = $state('');
  /** What the header shall lay the focus on when it appears. */
  focusFirst: 'machines' | 'scenarios' | undefined;
  why = $state.raw<OpenWhy | undefined>();
  /** What is looked at behind the verdicts. */
  readonly disks = new DiskLook(this.#laboratory);
  readonly own = new OwnScenario((text) => {
    this.#laboratory.check(text);
  });

  readonly headline = $derived.by(() => {
    const { source } = this;
    return source.kind === 'own'
      ? undefined
      : catalogue.scenarios.find(({ id }) => id === source.id);
  });
  readonly machines = $derived(
    this.selected.flatMap((id) => {
      const system = catalogue.systems.find((one) => one.id === id);
      return system === undefined ? [] : [this.guessing.cover(system)];
    }),
  );
  readonly reports = $derived.by(() => {
    const { reports } = this.#actor.snapshot.context;
    return this.machines.flatMap(({ id }) => {
      const report = reports.find((one) => one.id === id);
      return report === undefined ? [] : [this.guessing.cover(report)];
    });
  });
  readonly timed = $derived(this.reports.filter(({ timeline }) => timeline !== undefined));
  readonly axis = $derived(axisOf(this.timed.flatMap(({ timeline }) => timeline ?? [])));
  readonly changes = $derived(changes(this.timed));
  readonly instant = $derived(this.chosenInstant ?? firstInstant(this.timed));
  /** Changes only when a machine shows another screen, so that scrubbing redraws little. */
  readonly #places = $derived(
    this.reports.map((report) => placeOfScreen(report, this.instant)).join(),
  );
  readonly endings = $derived.by((): readonly Ending[] => {
    const places = this.#places.split(',');
    return this.reports.map((report, index) => {
      return { report, screen: report.screens[Number(places[index])] };
    });
  });

  get snapshot() {
    return this.#actor.snapshot;
  }

  get isRunning(): boolean {
    return this.snapshot.matches('running');
  }

  get isPulled(): boolean {
    const { snapshot } = this;
    return ['dark', 'waking', 'pulled'].some((state) =>
      snapshot.matches({ shown: state as 'dark' | 'waking' | 'pulled' }),
    );
  }

  /** Whether this machine's screen is on: all while scrubbing, one after the other after a pull. */
  isAwake(system: SystemHeadline): boolean {
    if (!this.isPulled) return true;
    return this.machines.indexOf(system) < this.snapshot.context.awake;
  }

  reportOf(id: string): SystemReport | undefined {
    return this.reports.find((report) => report.id === id);
  }

  /** Opens the page: what the address names is shown, and run if it names anything. */
  open(): void {
    this.#laboratory.warmUp();
    this.#follow(location.hash);
    addEventListener('hashchange', () => {
      this.#follow(location.hash);
    });
  }

  #follow(fragment: string): void {
    const { address, complaints } = readAddress(fragment, knownNames);
    this.complaints = complaints;
    this.#apply(address);
    if (fragment.replace('#', '') === '') {
      this.#openFirstMinute();
      return;
    }
    if (address.scenario !== undefined) {
      this.run();
      return;
    }
    this.#actor.send({ type: 'choose' });
    if (address.runId !== undefined) this.#laboratory.open(address.runId);
  }

  /** Two machines; nothing is loaded or run before somebody bets. */
  #openFirstMinute(): void {
    this.view = 'first';
    this.selected = firstMinute.systems;
    this.source = { kind: 'catalogue', id: firstMinute.scenario };
    this.bets = {};
    this.#actor.send({ type: 'choose' });
  }

  /** The first bet starts the machines, so that they have answered when the plug is pulled. */
  bet(system: string, choice: string): void {
    this.bets[system] = choice;
    this.begin();
  }

  /** Runs what has not been run. */
  begin(): void {
    if (this.snapshot.matches('choosing')) this.run();
  }

  /** From the first minute to the bench: with the same machines, or with all of them. */
  goOn(to: 'machines' | 'scenarios'): void {
    this.view = 'bench';
    this.focusFirst = to;
    this.writeAddress(true);
    if (to === 'scenarios') {
      this.selected = usual.systems;
      this.run(true);
    }
  }

  /** To the projector, or back to the bench. */
  project(isOn: boolean): void {
    this.view = isOn ? 'projector' : 'bench';
    this.writeAddress();
  }

  #apply(address: Address): void {
    this.view = address.view ?? 'bench';
    const id = address.scenario ?? knownNames.scenarios[0] ?? '';
    this.source = { kind: 'catalogue', id };
    this.#askAgain();
    this.selected = address.systems ?? usual.systems;
    this.release = address.release ?? usual.release;
    this.seed = address.seed ?? usual.seed;
    this.policy = address.policy;
    this.variant = address.variant;
    this.drive = address.drive;
    this.chosenInstant = address.instantMicroseconds;
  }

  /** Writes the address; `enter` makes a new entry of the history, for another scenario. */
  writeAddress(enter = false): void {
    if (this.source.kind === 'own' || this.view === 'first') return;
    const { chosenInstant, policy, variant, view, drive } = this;
    const text = writeAddress({
      scenario: this.source.id,
      systems: this.selected,
      release: this.release,
      seed: this.seed,
      ...(chosenInstant === undefined ? {} : { instantMicroseconds: chosenInstant }),
      ...(policy === undefined ? {} : { policy }),
      ...(variant === undefined ? {} : { variant }),
      ...(drive === undefined ? {} : { drive }),
      view,
    });
    if (location.hash === `#${text}`) return;
    if (enter) history.pushState(null, '', `#${text}`);
    else history.replaceState(null, '', `#${text}`);
  }

  /** Chooses a scenario of the catalogue; one that asks nothing runs if something has been run before. */
  chooseScenario(id: string): void {
    const before = !this.snapshot.matches('choosing');
    this.source = { kind: 'catalogue', id };
    this.#askAgain();
    this.variant = undefined;
    this.#startOver();
    if (before && this.predictions.questions.length === 0) this.run();
  }

  /** Something that the result depends on has changed. */
  changeSetting(): void {
    const again = !this.snapshot.matches('choosing');
    this.#startOver();
    if (again) this.run();
  }

  #askAgain(): void {
    this.predictions.reset(this.headline?.ask ?? []);
  }

  #startOver(): void {
    this.player.pause();
    this.guessing.stop();
    this.chosenInstant = undefined;
    this.laneSubject = undefined;
    this.why = undefined;
    this.#laboratory.cancel();
    this.#actor.send({ type: 'choose' });
  }

  /** Adds a machine or takes it away; at least one stays. */
  toggleMachine(id: string): void {
    const has = this.selected.includes(id);
    if (has && this.selected.length === 1) return;
    if (!has && this.selected.length >= systemCountMax) {
      this.announcement = `${systemCountMax} machines at most; take one away first.`;
      return;
    }
    this.selected = has ? this.selected.filter((one) => one !== id) : [...this.selected, id];
    if (this.snapshot.matches('choosing')) return;
    if (has && !this.isRunning) this.writeAddress();
    else this.run(true);
  }

  /** Moves a machine in the row, by one place to the left or to the right. */
  moveMachine(id: string, by: -1 | 1): void {
    const place = this.selected.indexOf(id);
    const other = this.selected[place + by];
    if (other === undefined) return;
    this.selected = this.selected.with(place, other).with(place + by, id);
    this.announcement = `Place ${place + by + 1} of ${this.selected.length}.`;
    if (!this.snapshot.matches('choosing')) this.writeAddress();
  }

  /** Covers the names: which system was it? */
  guess(): void {
    this.selected = shuffled(this.selected, this.seed + this.instant);
    this.guessing.start(this.selected);
    this.why = undefined;
    this.announcement = 'The names are covered. Which system is which?';
  }

  /** Runs the machines; `keep` only those that have not been run. */
  run(keep = false): void {
    const { source, selected, policy, variant } = this;
    const known = keep ? this.reports.map(({ id }) => id) : [];
    this.why = undefined;
    if (!keep) this.predictions.forgetWhatWasSeen();
    this.#actor.send({ type: 'run', systems: selected, keep });
    this.#laboratory.run({
      source,
      systems: selected.filter((id) => !known.includes(id)),
      release: this.release,
      seed: this.seed,
      ...(policy === undefined ? {} : { policy }),
      ...(this.drive === undefined ? {} : { drive: this.drive }),
      ...(variant === undefined ? {} : { variant }),
    });
    this.writeAddress(
      !location.hash.includes(`scenario=${source.kind === 'own' ? '' : source.id}&`),
    );
  }

  stop(): void {
    this.#laboratory.cancel();
  }

  /** Moves the plug; the address follows when the hand lets go. */
  moveTo(instant: number): void {
    this.chosenInstant = instant;
    if (this.isPulled) this.#actor.send({ type: 'move' });
  }

  /** Pulls the plug where it hangs. */
  pull(): void {
    this.player.pause();
    this.chosenInstant = this.instant;
    this.writeAddress();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#actor.send({ type: 'pull', still });
    this.announcement = `The power failed. ${spokenInstant(this.reports, this.instant)}`;
  }

  runOwn(): void {
    this.source = { kind: 'own', text: this.own.text };
    this.#askAgain();
    this.variant = undefined;
    this.chosenInstant = undefined;
    history.replaceState(null, '', location.pathname + location.search);
    this.run();
  }

  #hear(answer: Answer): void {
    const event = eventOf(answer);
    if (event !== undefined) this.#actor.send(event);
    const words = answer.kind === 'finished' ? this.#summary() : announcementOf(answer);
    this.announcement = words ?? this.announcement;
  }

  /** A run id was decoded: what it names is shown, or the reason why it cannot be. */
  #hearOfLink(answer: Answer): void {
    if (answer.kind === 'problems') {
      this.complaints = answer.problems.map(({ text, fix = '' }) => `${text} ${fix}`);
    } else if (answer.kind === 'failed') {
      this.complaints = [answer.text];
    } else if (answer.kind === 'opened') {
      this.#apply(addressOfRun(answer.request, knownNames.systems));
      this.run();
    }
  }

  #summary(): string {
    // In the first minute a summary would tell what the bet is about.
    if (this.view === 'first') return '';
    if (this.timed.length === 0) return `Done. ${groupedEndings(this.reports, 0)}`;
    return `Done. If the power fails at ${spokenInstant(this.reports, this.instant)}`;
  }

  /** The instant as the plug shows it. */
  get clockText(): string {
    return clock(this.instant, this.axis.exitMicroseconds < 20_000_000 ? 2 : 1);
  }
}
