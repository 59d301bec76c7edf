/** Somebody takes the machine: what the disk tells a stranger. */
import type { Mark } from './marks.ts';
import type { Story } from './story.ts';

/** Marks everything that people and services wrote as stolen, and as readable where nothing encrypts it. */
export function steal(story: Story): void {
  const { brief, machine, backend } = story;
  const { encryptable } = brief.system;
  const isEncrypted = brief.settings.encrypted === true;
  const files = [
    ...brief.data.map(({ id, path }) => ({ id, path })),
    ...brief.release.editedConfig.map(({ path }) => ({ id: 'edited-config', path })),
    ...backend.packageDatabase(brief).map((path) => ({ id: 'package-database', path })),
  ];
  for (const { id: datum, path } of files) {
    const volume = machine.tree.walk(path)?.volume;
    const isHidden = isEncrypted && volume !== undefined && encryptable?.volumes.includes(volume);
    const because = isHidden
      ? {
          text: `The machine is in other hands. ${path} lies on an encrypted partition (LUKS), and the key was in memory only: without the passphrase nobody reads it, and its owner has it no more than the backup has.`,
          source: encryptable?.source ?? '',
        }
      : {
          text: `The machine is in other hands. ${path} lies on a file system that is not encrypted: whoever mounts the disk in another machine reads it. Passwords, modes and read-only mounts are rules of a system that does not run there.`,
          source:
            'path_resolution(7): permissions are checked by the running kernel, not by the disk',
        };
    const mark: Mark = { kind: 'stolen', datum, readable: isHidden !== true, because };
    story.marks.push(mark);
  }
  story.say(
    isEncrypted
      ? 'Somebody takes the machine. Its disk is encrypted.'
      : 'Somebody takes the machine.',
  );
}
