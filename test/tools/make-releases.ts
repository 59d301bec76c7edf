/** Makes public/releases from the manifest of real packages and the tree of the recorded runs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ReleaseSize } from '../../src/model/release.ts';
import type { PackedPackage, PackedRelease } from '../../src/releases/packed.ts';
import {
  accounts,
  applicationOf,
  bootNeeds,
  classroomKeeps,
  editedConfig,
  generated,
  initramfs,
  lockstepGroups,
  lockstepOf,
} from './debian-choice.ts';
import { Libraries, readManifest, type ManifestPackage } from './manifest.ts';
import { packPackage, SonameTable } from './pack.ts';
import { recordedRelease } from './recorded-choice.ts';

const kernelPackage = 'linux-image';

function kernelReleaseOf(entry: ManifestPackage, version: 'v1' | 'v2'): string {
  const image = entry[version]?.files.find(({ path }) => path.startsWith('/boot/vmlinuz-'));
  if (image === undefined) throw new Error(`no kernel image in ${version}`);
  return image.path.slice('/boot/vmlinuz-'.length);
}

/** The chosen files of the classroom and every library behind them. */
function classroom(all: readonly ManifestPackage[]): readonly ManifestPackage[] {
  const chosen = new Set(bootNeeds.map(({ path }) => path));
  for (const { name, v1, v2 } of all) {
    const keep = classroomKeeps[name];
    if (keep === undefined) continue;
    for (const { path } of [...v1.files, ...(v2?.files ?? [])]) {
      if (keep === 'all' || keep.test(path)) chosen.add(path);
    }
  }
  const kept = new Set([...chosen, ...new Libraries(all).closure(chosen)]);
  const trimmed = (version: ManifestPackage['v1']): ManifestPackage['v1'] => ({
    ...version,
    files: version.files.filter(({ path }) => kept.has(path)),
  });
  const packages = all
    .map(({ name, v1, v2 }) => ({
      name,
      v1: trimmed(v1),
      ...(v2 === undefined ? {} : { v2: trimmed(v2) }),
    }))
    .filter(({ v1, v2 }) => v1.files.length + (v2?.files.length ?? 0) > 0);
  const names = new Set(packages.map(({ name }) => name));
  return packages.map(({ name, v1, v2 }) => {
    const known = (version: ManifestPackage['v1']): ManifestPackage['v1'] => ({
      ...version,
      depends: (version.depends ?? []).filter((one) => names.has(one)),
    });
    return { name, v1: known(v1), ...(v2 === undefined ? {} : { v2: known(v2) }) };
  });
}

/** Packages that own a file which the way to the login reads. */
function bootPackages(all: readonly ManifestPackage[]): ReadonlySet<string> {
  const needs = bootNeeds.filter(({ stage }) => stage !== 'applications');
  const reached = new Libraries(all).closure(needs.map(({ path }) => path));
  const owners = all.filter(({ v1, v2 }) =>
    [...v1.files, ...(v2?.files ?? [])].some(({ path }) => reached.has(path)),
  );
  return new Set([kernelPackage, ...owners.map(({ name }) => name)]);
}

function debianRelease(size: ReleaseSize, all: readonly ManifestPackage[]): PackedRelease {
  const kernel = all.find(({ name }) => name === kernelPackage);
  if (kernel === undefined) throw new Error(`no ${kernelPackage}`);
  const releases = { v1: kernelReleaseOf(kernel, 'v1'), v2: kernelReleaseOf(kernel, 'v2') };
  const displayManager = all.find(({ name }) => name === 'gdm3');
  const sonames = new SonameTable();
  const boots = bootPackages(all);
  const packages = all.map((entry): PackedPackage => {
    const lockstep = lockstepOf[entry.name];
    const application = applicationOf[entry.name];
    const facts = {
      ...(lockstep === undefined ? {} : { lockstep }),
      ...(boots.has(entry.name) ? { boot: true as const } : {}),
      ...(application === undefined ? {} : { application }),
    };
    const replaced = entry.name === kernelPackage ? [releases.v1, releases.v2] : [];
    return packPackage(entry, facts, sonames, replaced);
  });
  return {
    format: 1,
    size,
    source: 'Debian 12 (bookworm), main and security, amd64; see test/tools/make-releases.ts',
    sonames: sonames.names,
    packages,
    kernel: { package: kernelPackage, releases, image: '/boot/vmlinuz-{kernel}', initramfs },
    // The package forgot its one program: gdm.service is there and starts nothing, so nobody gets a graphical login. A
    // missing file is a defect that boot finds by itself, and the other files of v2 stay as they are.
    patches: [
      {
        version: 'v2-no-display-manager',
        package: 'gdm3',
        packageVersion: `${(displayManager?.v2 ?? displayManager?.v1)?.version ?? ''}+defect1`,
        without: '/usr/sbin/gdm3',
      },
      // The image is whole and has its name and size, as after a regression: only running it tells.
      {
        version: 'v2-broken-kernel',
        package: kernelPackage,
        packageVersion: `${kernel.v2?.version ?? ''}+defect1`,
        panics: true,
      },
    ],
    lockstepGroups,
    generated,
    editedConfig,
    accounts,
    boot: bootNeeds,
  };
}

function write(release: PackedRelease): void {
  const directory = join(import.meta.dirname, '../../public/releases');
  mkdirSync(directory, { recursive: true });
  const text = `${JSON.stringify(release, null, 1)}\n`;
  writeFileSync(join(directory, `${release.size}.json`), text);
  const compressed = String(gzipSync(text, { level: 9 }).length);
  console.log(`${release.size}: ${String(text.length)} bytes, ${compressed} compressed`);
}

const [manifestPath, labTreePath] = process.argv.slice(2);
if (manifestPath === undefined || labTreePath === undefined) {
  throw new Error('usage: make-releases.ts MANIFEST LAB_TREE');
}
const manifest = readManifest(readFileSync(manifestPath, 'utf8'));
write(recordedRelease(readFileSync(labTreePath, 'utf8')));
write(debianRelease('classroom', classroom(manifest)));
write(debianRelease('full', manifest));
