/** Somebody edits a file of configuration as root, and makes a mistake. */
import { contentText } from '../model/content.ts';
import { typoMark } from '../model/typo.ts';
import { namedFile } from './named-file.ts';
import { save } from './save.ts';
import type { Story } from './story.ts';

/** Saves the file with a mistake in it; the program that reads it stumbles over that line. */
export function makeTypo(story: Story, name: string): void {
  const { path } = namedFile(story.backend, story.brief, story.running, name);
  const content = story.machine.tree.file(path);
  const os = story.processOf('root');
  os.print(`sudoedit ${path}`, 'note');
  const before = content === undefined ? '' : contentText(content, story.brief.blobs);
  const lines = before === '' || before.endsWith('\n') ? before : `${before}\n`;
  const text = `${lines}${typoMark}\n`;
  const saving = { path, text, append: false, how: 'temp-fsync-rename' } as const;
  story.machine.perform(os, save(os, saving));
}
