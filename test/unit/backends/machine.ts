/** A machine of one backend, and what its calls were. */
import type { Backend, MachineBrief } from '../../../src/backends/backend.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import { SimulatedMachine } from '../../../src/engine/simulated-machine.ts';
import { BlobTable } from '../../../src/model/content.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { ScenarioDatum } from '../../../src/model/scenario.ts';
import type { BackendOptions, System } from '../../../src/model/system.ts';
import type { Volume } from '../../../src/model/volume.ts';
import { recordedRelease } from './recorded-release.ts';

/** A brief for the recorded release. */
export function briefOf(
  backend: Backend,
  options: BackendOptions,
  data: readonly ScenarioDatum[] = [],
): MachineBrief {
  const system: System = {
    id: 'test',
    name: 'Test System',
    mechanism: '',
    backend: backend.id,
    options,
    commands: { update: '', rollback: '', install: '', remove: '', replace: '', history: '' },
    protections: [],
    asOf: '',
    sources: [],
    simplified: [],
  };
  const blobs = new BlobTable();
  return { system, release: recordedRelease, options, settings: {}, blobs, data };
}

type Verb = 'rollback' | 'collectGarbage' | 'factoryReset' | 'verify' | 'pin';

/** A machine that can be switched on again from the disk that it left. */
export class TestMachine {
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly volumes: readonly Volume[];
  running: SimulatedMachine;

  constructor(backend: Backend, brief: MachineBrief) {
    this.backend = backend;
    this.brief = brief;
    this.volumes = backend.install(brief);
    this.running = this.switchOn();
  }

  /** Starts again from what the volumes hold now; memory is gone. */
  switchOn(): SimulatedMachine {
    this.running = new SimulatedMachine({
      backend: this.backend,
      brief: this.brief,
      volumes: this.volumes,
      startMicroseconds: 0,
      operationIndexStart: this.operations().length,
    });
    return this.running;
  }

  /** Everything done to the disks so far, in order. */
  operations(): readonly Operation[] {
    return this.volumes
      .flatMap(({ operations }) => operations)
      .sort((left, right) => left.index - right.index);
  }

  /** Versions of the menu's entries, in its order; those that name something that is gone carry a mark. */
  menu(): readonly string[] {
    const { entries } = this.backend.bootMenu(this.brief, this.running.disk);
    return entries.map(({ version, missing }) => (missing === undefined ? version : `${version}!`));
  }

  /** Text of a file as the running machine shows it. */
  text(path: string): string | undefined {
    const content = this.running.tree.file(path);
    const [segment] = content?.segments ?? [];
    return segment === undefined ? undefined : this.brief.blobs.get(segment.blob).text;
  }

  /** Updates to `v2`; interrupted after some time where asked. */
  update(interruptAfterMicroseconds?: number): void {
    this.#run('update', interruptAfterMicroseconds);
  }

  /** Runs another verb of the backend to its end. */
  perform(verb: Verb): void {
    this.#run(verb);
  }

  /** Installs or removes a package. */
  change(verb: 'installPackage' | 'removePackage', name: string): void {
    const work = this.running.work();
    const procedure = this.backend[verb]?.(work, name);
    if (procedure === undefined) throw new Error(`this backend has no ${verb}`);
    this.running.perform(work.os, procedure);
  }

  /** One package out, another in. */
  replace(name: string, by: string): void {
    const work = this.running.work();
    const procedure = this.backend.replacePackage?.(work, name, by);
    if (procedure === undefined) throw new Error('this backend has no replacePackage');
    this.running.perform(work.os, procedure);
  }

  /** A clean restart. */
  restart(): void {
    this.running.shutDown();
    this.switchOn();
  }

  #run(verb: 'update' | Verb, interruptAfterMicroseconds?: number): void {
    const { backend } = this;
    const work = this.running.work();
    const procedure = verb === 'update' ? backend.update?.(work, 'v2') : backend[verb]?.(work);
    if (procedure === undefined) throw new Error(`this backend has no ${verb}`);
    this.running.perform(work.os, procedure, interruptAfterMicroseconds);
  }

  /** Lets root make calls of his own. */
  asRoot(body: (os: Process) => Procedure): void {
    const { os } = this.running.work();
    this.running.perform(os, body(os));
  }

  /** What the terminal shows as errors. */
  errors(): readonly string[] {
    return this.running.kernel.terminal
      .filter(({ kind }) => kind === 'error')
      .map(({ text }) => text);
  }
}

/** A machine before its update; when `isBad`, the kernel of the new version does not start. */
export function machineBeforeUpdate(
  backend: Backend,
  options: BackendOptions,
  isBad = false,
): TestMachine {
  const brief = briefOf(backend, options);
  const { kernels } = brief.release;
  const { v2 } = kernels;
  if (v2 === undefined) throw new Error('no version 2');
  const bad = { ...brief.release, kernels: { ...kernels, v2: { ...v2, broken: true as const } } };
  return new TestMachine(backend, isBad ? { ...brief, release: bad } : brief);
}
