import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** The top of the checkout. */
export const root = join(import.meta.dirname, '..', '..');

/** One file as the checks see it: where it is, from the top of the checkout, and what it says. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Folders that hold what programs made or fetched. */
const skipped = new Set([
  'node_modules',
  'dist',
  'coverage',
  'test-results',
  '.git',
  '.svelte-check',
]);

/** Every file below a folder whose name ends in one of the endings; none where there is no folder. */
export function filesBelow(folder: string, ...endings: string[]): SourceFile[] {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path, ...endings);
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) return [];
    const tidy = relative(root, join(root, path)).split(sep).join('/');
    return [{ path: tidy, text: readFileSync(join(root, path), 'utf8') }];
  });
}

/** The room a file of src belongs to (`src/kernel/…` is in `kernel`), undefined outside of rooms. */
export function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

const isScript = (path: string): boolean => /\.(ts|svelte)$/.test(path);

/** The script of a file: a component's own script, on the lines where the component has it. */
function scriptOf({ path, text }: SourceFile): string {
  if (!path.endsWith('.svelte')) return text;
  let script = '';
  let end = 0;
  for (const block of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = block.index + (block[1]?.length ?? 0);
    const body = block[2] ?? '';
    script += text.slice(end, start).replace(/[^\n]/g, ' ') + body;
    end = start + body.length;
  }
  return script;
}

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

/** The syntax tree of a file. */
export function treeOf(file: SourceFile): ts.SourceFile {
  let tree = parsed.get(file);
  if (tree === undefined) {
    const text = isScript(file.path) ? scriptOf(file) : '';
    tree = ts.createSourceFile(file.path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
    parsed.set(file, tree);
  }
  return tree;
}

/** Where a node begins, as people write it: `src/kernel/volume.ts:12`. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  const tree = treeOf(file);
  return `${file.path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** Every node of a tree, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return children;
}
