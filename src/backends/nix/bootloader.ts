/** Entries and the default of the boot loader: systemd-boot with fsync and syncfs, GRUB with neither. */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { makeDirectories, namesIn, statusOf, writeInPieces } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { Content } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import {
  bootCopies,
  entryOf,
  entryText,
  grubText,
  kernelsStayInStore,
  loaderText,
  type Generation,
} from './boot-files.ts';
import { store } from './names.ts';
import { optionsOf } from './options.ts';
import { generations } from './profile.ts';
import { bufferBytes } from './store.ts';

/** Where the running machine sees the loader's files. */
const boot = '/boot';

/** What `switch-to-configuration boot` does: the menu lists all generations and starts generation `number`. */
export function* installBootLoader(work: Work, number: number): Procedure {
  const { os, brief } = work;
  const options = optionsOf(brief.options);
  const hidden = options.bootVolume === 'esp' && brief.settings.espMounted === false;
  if (hidden) {
    // An automount: the partition is there while the tool looks at it.
    const source = { kind: 'volume', volume: 'esp' } as const;
    yield* os.mount({ mountPoint: boot, source, readOnly: false });
  }
  const all = yield* generations(os);
  os.stage('write the boot entries', {
    note: 'Kernel, initrd and entry of each generation go to /boot.',
  });
  if (options.loader === 'grub') yield* writeGrub(work, all, number);
  else yield* writeSystemdBoot(work, all, number);
  if (hidden) yield* os.unmount(boot);
  if (!options.finalSync) return;
  os.stage('sync the store', {
    note: 'Only now the files of the new version are forced to the disk: the entry was there before them.',
  });
  yield* os.syncfs(store);
}

function* writeSystemdBoot(work: Work, all: readonly Generation[], number: number): Procedure {
  const { os, brief } = work;
  const options = optionsOf(brief.options);
  yield* removeStaleEntries(work, all);
  for (const generation of all) {
    for (const { from, to } of bootCopies(brief, options, generation.version)) {
      if ((yield* statusOf(os, `${boot}${to}`)) !== undefined) continue;
      yield* replaceFile(work, `${boot}${to}`, yield* os.read(from));
    }
    const entry = entryOf(brief, options, generation);
    const text = textContent(brief.blobs, entryText(entry));
    yield* replaceFile(work, `${boot}/loader/entries/${entry.id}.conf`, text);
  }
  const chosen = all.find((generation) => generation.number === number);
  if (chosen === undefined) return;
  os.stage('make the new entry the default', {
    commitPoint: true,
    note: 'A rename of loader.conf: from here on the new version boots.',
  });
  const text = loaderText(entryOf(brief, options, chosen));
  yield* replaceFile(work, `${boot}/loader/loader.conf`, textContent(brief.blobs, text));
  yield* os.syncfs(boot);
}

function* removeStaleEntries({ os }: Work, all: readonly Generation[]): Procedure {
  const kept = new Set(all.map(({ number }) => `nixos-generation-${String(number)}.conf`));
  for (const name of yield* namesIn(os, `${boot}/loader/entries`)) {
    if (!kept.has(name)) yield* os.unlink(`${boot}/loader/entries/${name}`);
  }
}

/** Written beside its place, fsync, rename. Source: nixpkgs systemd-boot-builder.py. */
function* replaceFile({ os }: Work, path: string, content: Content): Procedure {
  yield* makeDirectories(os, parentOf(path));
  yield* writeInPieces(os, `${path}.tmp`, content, { bufferBytes, sync: 'fsync' });
  yield* os.rename(`${path}.tmp`, path);
}

function* writeGrub(work: Work, all: readonly Generation[], number: number): Procedure {
  const { os, brief } = work;
  const options = optionsOf(brief.options);
  const newestFirst = [...all].reverse();
  const ordered = [
    ...newestFirst.filter((generation) => generation.number === number),
    ...newestFirst.filter((generation) => generation.number !== number),
  ];
  for (const { version } of kernelsStayInStore(options) ? [] : ordered) {
    for (const { from, to } of bootCopies(brief, options, version)) {
      if ((yield* statusOf(os, `${boot}${to}`)) !== undefined) continue;
      yield* makeDirectories(os, parentOf(`${boot}${to}`));
      yield* writeInPieces(os, `${boot}${to}.tmp`, yield* os.read(from), { bufferBytes });
      yield* os.rename(`${boot}${to}.tmp`, `${boot}${to}`);
    }
  }
  const text = grubText(ordered.map((generation) => entryOf(brief, options, generation)));
  yield* makeDirectories(os, `${boot}/grub`);
  const temporary = `${boot}/grub/grub.cfg.tmp`;
  yield* writeInPieces(os, temporary, textContent(brief.blobs, text), { bufferBytes });
  os.stage('put the new menu in place', {
    commitPoint: true,
    note: 'A rename of grub.cfg that nothing syncs: it reaches the disk when the file system commits.',
  });
  yield* os.rename(temporary, `${boot}/grub/grub.cfg`);
}
