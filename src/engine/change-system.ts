/** What somebody changes on a machine: packages, configuration, older versions, everything. */
import type { Capability } from '../backends/backend.ts';
import type { Change } from '../model/scenario.ts';
import { runLifecycle } from './lifecycle.ts';
import { namedFile } from './named-file.ts';
import { save } from './save.ts';
import type { Story } from './story.ts';

/** Performs a change with the system's own tool; what it cannot do is said and noted. */
export function changeSystem(story: Story, change: Change, interruptAfter: number): void {
  const { backend, brief, machine } = story;
  const { commands } = brief.system;
  const work = machine.work();
  const run = (capability: Capability, command: string): void => {
    const { name = '' } = change as { readonly name?: string };
    const procedure =
      capability === 'installPackage' || capability === 'removePackage'
        ? backend[capability]?.(work, name)
        : backend[withoutName(capability)]?.(work);
    runLifecycle(story, { capability, command, procedure, os: work.os }, interruptAfter);
  };
  switch (change.kind) {
    case 'install':
      run('installPackage', `${commands.install} ${change.name}`);
      break;
    case 'remove':
      if (backend.removePackage !== undefined) story.removed.add(change.name);
      run('removePackage', `${commands.remove} ${change.name}`);
      break;
    case 'clean':
      run('collectGarbage', 'remove older versions of the system');
      break;
    case 'reset':
      run('factoryReset', 'reset to the state as shipped');
      break;
    case 'pin':
      run('pin', 'keep the version that runs');
      break;
    case 'unlock': {
      const until =
        change.how === 'hotfix' ? 'for as long as this version runs' : 'until the next start';
      const command = `make /usr writable ${until}`;
      const procedure = backend.unlock?.(work, change.how);
      const asked = { capability: 'unlock', command, procedure, os: work.os } as const;
      runLifecycle(story, asked, interruptAfter);
      break;
    }
    case 'edit': {
      const { path } = namedFile(backend, brief, story.running, change.to);
      const os = story.processOf('root');
      os.print(`sudoedit ${path}`, 'note');
      const { text, append } = change;
      const saving = { path, text, append, how: 'temp-fsync-rename' } as const;
      machine.perform(os, save(os, saving), interruptAfter);
      break;
    }
    case 'replace': {
      const { name, by } = change;
      const command = commands.replace.replace('OLD', name).replace('NEW', by);
      const procedure = backend.replacePackage?.(work, name, by);
      if (procedure !== undefined) story.removed.add(name);
      const asked = { capability: 'replacePackage', command, procedure, os: work.os } as const;
      runLifecycle(story, asked, interruptAfter);
    }
  }
}

/** Verbs of a backend that need no name. */
function withoutName(capability: Capability): 'collectGarbage' | 'factoryReset' | 'pin' {
  return capability === 'collectGarbage' || capability === 'pin' ? capability : 'factoryReset';
}
