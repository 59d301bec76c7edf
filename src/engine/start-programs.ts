/** What the programs of a scenario do when a machine starts: the new one migrates its data, the old one refuses it. */
import { contentText } from '../model/content.ts';
import { formatOf, inFormat, type ScenarioProgram } from '../model/scenario-program.ts';
import { programVersion, programWords } from './programs.ts';
import { save } from './save.ts';
import { rootUser } from './simulated-machine.ts';
import type { Story } from './story.ts';

/** Starts them all. A migration is a version of the datum like any other that somebody saves. */
export function startPrograms(story: Story): void {
  for (const program of story.scenario.programs) startProgram(story, program);
}

function startProgram(story: Story, program: ScenarioProgram): void {
  const { backend, brief, machine, running: version } = story;
  const datum = brief.data.find(({ id }) => id === program.data);
  const runs = programVersion(program, { backend, brief, tree: machine.tree, version });
  if (datum === undefined || runs === undefined) {
    story.say(`${program.label} does not start: the program is not there.`, 'error');
    return;
  }
  const words = programWords(program, runs);
  const content = machine.tree.file(datum.path);
  const text = content === undefined ? undefined : contentText(content, brief.blobs);
  const format = text === undefined ? undefined : formatOf(text);
  const reads = program.formats[runs];
  if (text === undefined || format === undefined || format > reads) {
    const found =
      format === undefined ? 'in no format that it knows' : `in format ${String(format)}`;
    story.say(
      `${words} does not start: ${datum.path} is ${found}; it reads up to format ${String(reads)}.`,
      'error',
    );
    return;
  }
  if (format === reads) return;
  const os = machine.kernel.process(rootUser);
  const saving = { path: datum.path, text: inFormat(text, reads), append: false } as const;
  machine.perform(os, save(os, { ...saving, how: 'temp-fsync-rename' }));
  story.say(
    `${words} migrates ${datum.path} from format ${String(format)} to format ${String(reads)}.`,
  );
  story.data.note(datum.id, datum.path, machine.tree, story.now);
}
