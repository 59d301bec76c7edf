/** Unpacks the data of a release into the noun that everything works with. */
import { assert } from '../model/lab-error.ts';
import type {
  PackageVersion,
  Release,
  ReleaseFile,
  ReleaseKernel,
  ReleasePackage,
  VersionName,
} from '../model/release.ts';
import { fileLines } from './file-lines.ts';
import { kernelPlace, readPacked, type PackedPackage, type PackedRelease } from './packed.ts';

/** A release from its compact text. Pure; throws `broken-code` when the text is damaged, because it ships with the code. */
export function expandRelease(text: string): Release {
  const packed = readPacked(text);
  const packages = packed.packages.map((entry) => packageOf(packed, entry));
  for (const { package: name } of packed.patches) {
    assert(
      packages.some((entry) => entry.name === name),
      `a patch of ${name}, which is not there`,
    );
  }
  const { size, lockstepGroups, generated, editedConfig, accounts, boot } = packed;
  const kernels = kernelsOf(packed, packages);
  return { size, packages, lockstepGroups, kernels, generated, editedConfig, accounts, boot };
}

function packageOf(packed: PackedRelease, entry: PackedPackage): ReleasePackage {
  const files = fileLines(packed, entry);
  const v1: PackageVersion = { version: entry.v1, files: files.v1 };
  const v2 = entry.v2 === undefined ? v1 : { version: entry.v2, files: files.v2 };
  const { name, depends = [], essential, boot, lockstep, application } = entry;
  return {
    name,
    depends,
    essential: essential === true,
    boot: boot === true,
    ...(lockstep === undefined ? {} : { lockstep }),
    ...(application === undefined ? {} : { application }),
    versions: {
      v1,
      v2,
      'v2-no-display-manager': patched(packed, name, v2, 'v2-no-display-manager'),
      'v2-broken-kernel': patched(packed, name, v2, 'v2-broken-kernel'),
    },
  };
}

/** A defective version: the same files as v2, but for the one with the defect. */
function patched(
  packed: PackedRelease,
  name: string,
  v2: PackageVersion,
  version: VersionName,
): PackageVersion {
  const patch = packed.patches.find((one) => one.version === version && one.package === name);
  if (patch === undefined) return v2;
  const { without, packageVersion } = patch;
  const image = packed.kernel.image.replaceAll(kernelPlace, packed.kernel.releases.v2);
  const touched = without ?? image;
  assert(
    v2.files.some(({ path }) => path === touched),
    `a patch of ${touched}, which is not there`,
  );
  const files = v2.files.flatMap((file) => {
    if (file.path !== touched) return [file];
    return without === undefined ? [{ ...file, text: `${file.text}, which panics` }] : [];
  });
  return { version: packageVersion, files };
}

function kernelsOf(packed: PackedRelease, packages: readonly ReleasePackage[]): Release['kernels'] {
  const owner = packages.find(({ name }) => name === packed.kernel.package);
  assert(owner !== undefined, `no package ${packed.kernel.package}`);
  const v2 = kernelOf(packed, owner, 'v2');
  return {
    v1: kernelOf(packed, owner, 'v1'),
    v2,
    'v2-no-display-manager': v2,
    'v2-broken-kernel': { ...kernelOf(packed, owner, 'v2-broken-kernel'), broken: true },
  };
}

function kernelOf(
  packed: PackedRelease,
  owner: ReleasePackage,
  version: VersionName,
): ReleaseKernel {
  const { kernel } = packed;
  const release = version === 'v1' ? kernel.releases.v1 : kernel.releases.v2;
  const files = owner.versions[version]?.files ?? [];
  const at = (path: string): string => path.replaceAll(kernelPlace, release);
  const image = files.find(({ path }) => path === at(kernel.image));
  assert(image !== undefined, `no kernel image of ${version}`);
  const path = at(kernel.initramfs.path);
  const { sizeBytes, maker } = kernel.initramfs;
  const initramfs: ReleaseFile = {
    path,
    sizeBytes,
    mode: 0o644,
    text: `${path} made by ${maker} for ${release}`,
  };
  const modules = files.filter((file) => file.path.startsWith(`/usr/lib/modules/${release}/`));
  return { release, package: owner.name, image, modules, initramfs };
}
