/** The indexes of a kernel's modules: made by depmod where the kernel is installed, or where an image is built. */
import type { ReleaseFile, ReleaseKernel } from './release.ts';

/** What finds a module and those that it needs; depmod writes eight further files, which are not simulated. */
const indexNames: readonly string[] = ['modules.dep', 'modules.dep.bin'];

/**
 * What depmod makes for a kernel, in the order of its writing: `modules.dep` for people, `modules.dep.bin` for modprobe
 * and udev. Sizes in bytes are those of one line for each module without what it depends on. Empty for a kernel whose
 * package ships its index itself, as in the recorded runs, and for one without modules.
 * Source: https://github.com/kmod-project/kmod/blob/v30/tools/depmod.c, depmod_output and output_deps; depmod(8).
 */
export function moduleIndexes({ release, modules }: ReleaseKernel): readonly ReleaseFile[] {
  const directory = `/usr/lib/modules/${release}`;
  if (modules.some(({ path }) => path === `${directory}/modules.dep`)) return [];
  const lines = modules.flatMap(({ path }) =>
    /\.ko(\.(gz|xz|zst))?$/.test(path) ? [`${path.slice(directory.length + 1)}:\n`] : [],
  );
  if (lines.length === 0) return [];
  const sizeBytes = lines.join('').length;
  return indexNames.map((name) => {
    const path = `${directory}/${name}`;
    return { path, sizeBytes, mode: 0o644, text: `${path} made by depmod for ${release}` };
  });
}
