import { posix } from 'node:path';
import ts from 'typescript';
import { nodesOf, placeOf, roomOf, treeOf, type SourceFile } from './source.ts';

/** One import of a file: what it names, whether it vanishes with the types, and where it stands. */
export interface Import {
  specifier: string;
  typeOnly: boolean;
  place: string;
}

/** Rooms by what they may import: DESIGN's arrows. `app` and `cli` reach the rest through `engine`. */
export const mayImport: Record<string, readonly string[]> = {
  app: ['engine', 'model'],
  cli: ['engine', 'model'],
  engine: [
    'backends',
    'shell',
    'kernel',
    'persistence',
    'boot',
    'survival',
    'scenario',
    'systems',
    'releases',
    'model',
  ],
  backends: ['kernel', 'model'],
  shell: ['kernel', 'model'],
  persistence: ['model'],
  boot: ['model'],
  survival: ['model'],
  scenario: ['model'],
  systems: ['model'],
  releases: ['model'],
  kernel: ['model'],
  model: [],
};

/** Packages by the rooms that may import them; a package that is not listed belongs to no room. */
const packageRooms: readonly { matches: RegExp; rooms: readonly string[] }[] = [
  { matches: /^(memfs|@jsonjoy\.com)(\/|$)/, rooms: ['kernel'] },
  { matches: /^(yaml|zod)(\/|$)/, rooms: ['scenario'] },
  { matches: /^(xstate|@xstate)(\/|$)/, rooms: ['engine', 'app'] },
  { matches: /^svelte(\/|$)/, rooms: ['app'] },
  { matches: /^fflate(\/|$)/, rooms: ['releases', 'engine', 'app', 'cli'] },
  { matches: /^node:/, rooms: ['cli'] },
];

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

/** The address in `new URL('./lab.worker.ts', import.meta.url)`, which is how a worker is named. */
function addressOf(node: ts.Node): string | undefined {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return undefined;
  const [first, second] = node.arguments ?? [];
  const isRelative = second?.getText() === 'import.meta.url';
  return isRelative && first && ts.isStringLiteralLike(first) ? first.text : undefined;
}

/** Everything a file imports: statically, dynamically, again exported, or as the file of a worker. */
export function importsOf(file: SourceFile): Import[] {
  const imports: Import[] = [];
  for (const node of nodesOf(treeOf(file))) {
    const add = (specifier: string, typeOnly: boolean): void => {
      imports.push({ specifier, typeOnly, place: placeOf(file, node) });
    };
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const target = node.moduleSpecifier;
      if (target && ts.isStringLiteral(target)) add(target.text, isTypeOnly(node));
    } else if (ts.isImportTypeNode(node)) {
      const { argument } = node;
      if (ts.isLiteralTypeNode(argument) && ts.isStringLiteral(argument.literal)) {
        add(argument.literal.text, true);
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target && ts.isStringLiteralLike(target)) add(target.text, false);
    } else {
      const address = addressOf(node);
      if (address !== undefined) add(address, false);
    }
  }
  return imports;
}

/** The file that a relative import means, from the top of the checkout. */
export function targetOf(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ''));
}

/** Imports that go against the arrows between the rooms, or leave `src`. */
export function wrongDirections(files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    const from = roomOf(file.path);
    if (from === undefined) return [];
    const allowed = mayImport[from];
    if (allowed === undefined) {
      return [
        `${file.path}: the room "${from}" is not in DESIGN's list; which arrows may it have?`,
      ];
    }
    return importsOf(file).flatMap(({ specifier, place }) => {
      const target = targetOf(file.path, specifier);
      if (target === undefined) return [];
      const to = roomOf(target);
      if (to === from || (to !== undefined && allowed.includes(to))) return [];
      // The page may bundle the scenarios and styles that lie beside `src`.
      if (to === undefined && (from === 'app' || from === 'cli')) return [];
      const may = allowed.length === 0 ? 'nothing but itself' : allowed.join(', ');
      return [`${place}: ${from} imports ${target}, but it may import ${may}.`];
    });
  });
}

/** Rooms that import each other, whatever the table of arrows says. */
export function mutualImports(files: SourceFile[]): string[] {
  const arrows = new Set<string>();
  for (const file of files) {
    const from = roomOf(file.path);
    for (const { specifier } of importsOf(file)) {
      const to = roomOf(targetOf(file.path, specifier) ?? '');
      if (from !== undefined && to !== undefined && from !== to) arrows.add(`${from} ${to}`);
    }
  }
  return [...arrows].flatMap((arrow) => {
    const [from = '', to = ''] = arrow.split(' ');
    return from < to && arrows.has(`${to} ${from}`) ? [`${from} and ${to} import each other.`] : [];
  });
}

/** On the page's thread only types may come from the engine: its code runs in the worker. */
export function engineOnThePage(files: SourceFile[]): string[] {
  return files
    .filter(({ path }) => roomOf(path) === 'app' && !path.endsWith('.worker.ts'))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, typeOnly }) => {
          return !typeOnly && roomOf(targetOf(file.path, specifier) ?? '') === 'engine';
        })
        .map(({ place, specifier }) => {
          return `${place}: ${specifier} is loaded on the page's thread; use "import type", and let lab.worker.ts run it.`;
        }),
    );
}

/** Packages imported by a room that they do not belong to. */
export function wrongPackages(files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [];
    return importsOf(file).flatMap(({ specifier, place }) => {
      if (specifier.startsWith('.')) return [];
      const rule = packageRooms.find(({ matches }) => matches.test(specifier));
      if (rule === undefined) return [`${place}: no room may import the package ${specifier}.`];
      if (rule.rooms.includes(room)) return [];
      return [`${place}: ${specifier} belongs to ${rule.rooms.join(', ')} and not to ${room}.`];
    });
  });
}

/** Relative imports without the ending that Node needs to find the file. */
export function missingEndings(files: SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('.') && !/\.[a-z]+(\?.*)?$/.test(specifier))
      .map(({ place, specifier }) => `${place}: write the ending of ${specifier} (".ts").`),
  );
}

/** Files of src that nobody imports and that are no entry either. */
export function deadFiles(
  files: SourceFile[],
  importers: SourceFile[],
  entries: string[],
): string[] {
  const wanted = new Set(entries);
  for (const file of importers) {
    for (const { specifier } of importsOf(file)) {
      const target = targetOf(file.path, specifier);
      if (target !== undefined && target !== file.path) wanted.add(target);
    }
  }
  return files
    .filter(({ path }) => !wanted.has(path))
    .map(({ path }) => `${path}: nobody imports this file; use it or delete it.`);
}
