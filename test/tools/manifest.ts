/** Reads the manifest of real packages, with paths made canonical for a merged /usr. */

/** One file as packaged. */
export interface ManifestFile {
  readonly path: string;
  readonly size?: number;
  readonly mode?: string;
  readonly link?: string;
  readonly soname?: string;
  readonly needs?: readonly string[];
}

/** One version of a package. */
export interface ManifestVersion {
  readonly version: string;
  readonly depends?: readonly string[];
  readonly conffiles?: readonly string[];
  readonly essential?: boolean;
  readonly files: readonly ManifestFile[];
}

/** A package in its older and, where there is one, its newer version. */
export interface ManifestPackage {
  readonly name: string;
  readonly v1: ManifestVersion;
  readonly v2?: ManifestVersion;
}

/** On a merged system /bin, /sbin and /lib* are links into /usr. Source: file-hierarchy(7). */
export function canonicalPath(path: string): string {
  return /^\/(bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `/usr${path}` : path;
}

function resolved(directory: string, target: string): string {
  const parts = target.startsWith('/') ? [] : directory.split('/').slice(1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A target keeps its words where it leads to the same file from the canonical place. */
function canonicalTarget(path: string, target: string): string {
  const parent = (of: string): string => of.slice(0, of.lastIndexOf('/'));
  const wanted = canonicalPath(resolved(parent(path), target));
  const found = resolved(parent(canonicalPath(path)), target);
  return found === wanted && !target.startsWith('/') ? target : wanted;
}

function canonicalVersion(version: ManifestVersion): ManifestVersion {
  const files = version.files.map((file) => ({
    ...file,
    path: canonicalPath(file.path),
    ...(file.link === undefined ? {} : { link: canonicalTarget(file.path, file.link) }),
  }));
  return { ...version, files };
}

/** Packages of the manifest, in the order of the file. */
export function readManifest(text: string): readonly ManifestPackage[] {
  const { packages } = JSON.parse(text) as {
    readonly packages: { readonly [name: string]: Omit<ManifestPackage, 'name'> };
  };
  return Object.entries(packages).map(([name, { v1, v2 }]) => ({
    name,
    v1: canonicalVersion(v1),
    ...(v2 === undefined ? {} : { v2: canonicalVersion(v2) }),
  }));
}

/** Where a library name leads: to the file of that name, else to the one that carries the soname. Source: ld.so(8). */
export class Libraries {
  readonly #byName = new Map<string, string[]>();
  readonly #bySoname = new Map<string, string[]>();
  readonly #files = new Map<string, ManifestFile>();

  constructor(packages: readonly ManifestPackage[]) {
    for (const { v1, v2 } of packages) {
      for (const file of [...v1.files, ...(v2?.files ?? [])]) this.#add(file);
    }
  }

  #add(file: ManifestFile): void {
    const known = this.#files.get(file.path);
    const needs = [...new Set([...(known?.needs ?? []), ...(file.needs ?? [])])];
    this.#files.set(file.path, { ...file, needs });
    if (known !== undefined) return;
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), file.path]);
    if (file.soname === undefined) return;
    this.#bySoname.set(file.soname, [...(this.#bySoname.get(file.soname) ?? []), file.path]);
  }

  /** Every file behind these, through links and needs of either version; throws where a need leads nowhere. */
  closure(paths: Iterable<string>): ReadonlySet<string> {
    const reached = new Set<string>();
    const open = [...paths];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const file = this.#files.get(path);
      if (file === undefined || reached.has(path)) continue;
      reached.add(path);
      if (file.link !== undefined) {
        open.push(resolved(path.slice(0, path.lastIndexOf('/')), file.link));
      }
      for (const need of file.needs ?? []) open.push(...this.#providers(path, need));
    }
    return reached;
  }

  #providers(by: string, need: string): readonly string[] {
    const found = this.#byName.get(need) ?? this.#bySoname.get(need);
    if (found === undefined) throw new Error(`${by} asks for ${need}, which nothing ships`);
    const near = by.slice(0, by.lastIndexOf('/') + 1);
    const beside = found.filter((path) => path.startsWith(near));
    const usual = found.filter((path) =>
      /^\/usr\/lib(64)?\/(x86_64-linux-gnu\/)?[^/]+$/.test(path),
    );
    const best = beside.length > 0 ? beside : usual.length > 0 ? usual : found;
    return best;
  }
}
