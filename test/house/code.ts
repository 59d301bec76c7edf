import ts from 'typescript';
import { nodesOf, placeOf, roomOf, treeOf, type SourceFile } from './source.ts';

/** An exception from the size limits, which must say why it deserves one. */
export interface Allowance {
  path: string;
  /** The function that may be longer; without it the file may. */
  function?: string;
  lines: number;
  reason: string;
}

/** The limits of a file and of a function, in lines. */
export const sizeLimits = { file: 400, function: 70 };

/** Names that reach outside of a computation: time, chance, the network, the machine, the browser. */
const bannedGlobals = new Set([
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'performance',
  'fetch',
  'crypto',
  'console',
  'process',
  'globalThis',
  'window',
  'document',
  'navigator',
  'localStorage',
  'indexedDB',
]);

/** Whether a file lies below app and cli, where the laboratory only computes. */
function isCore({ path }: SourceFile): boolean {
  const room = roomOf(path);
  return room !== undefined && room !== 'app' && room !== 'cli';
}

/** Whether an identifier merely labels something: a property, a key, a member, an import's old name. */
function isLabel(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isGetAccessorDeclaration(parent) ||
      ts.isSetAccessorDeclaration(parent) ||
      ts.isNamedTupleMember(parent)) &&
    parent.name === node
  );
}

/** Names that the file itself declares, whose uses mean the declaration and not the global. */
function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const node of nodesOf(tree)) {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
  }
  return names;
}

/** Uses of time, chance, input and output below app and cli, where a run must repeat exactly. */
export function bannedUses(files: SourceFile[]): string[] {
  return files.filter(isCore).flatMap((file) => {
    const tree = treeOf(file);
    const declared = declaredNames(tree);
    return [...nodesOf(tree)].flatMap((node) => {
      if (!ts.isIdentifier(node) || isLabel(node) || declared.has(node.text)) return [];
      const { parent } = node;
      const isRandom =
        node.text === 'Math' &&
        !(ts.isPropertyAccessExpression(parent) && parent.name.text !== 'random');
      if (!bannedGlobals.has(node.text) && !isRandom) return [];
      const use = isRandom ? parent.getText(tree) : node.text;
      return [
        `${placeOf(file, node)}: ${use} is banned below app and cli: a run depends on nothing but its input.`,
      ];
    });
  });
}

/** Variables at the top of a core file, which would carry something from one run into the next. */
export function sharedVariables(files: SourceFile[]): string[] {
  return files.filter(isCore).flatMap((file) =>
    treeOf(file).statements.flatMap((statement) => {
      if (!ts.isVariableStatement(statement)) return [];
      if (statement.declarationList.flags & ts.NodeFlags.Const) return [];
      return [
        `${placeOf(file, statement)}: a "let" at the top of a file outlives a run; hand the value in.`,
      ];
    }),
  );
}

type FunctionNode = ts.FunctionLikeDeclaration & { body: ts.Node };

function isFunction(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function nameOfFunction(node: FunctionNode): string {
  if (node.name) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name.getText();
  }
  return ts.isConstructorDeclaration(node) ? 'constructor' : '(anonymous)';
}

const linesOf = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.end).line -
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line +
  1;

/** Files and functions that are longer than a reader can hold. A file without functions is data. */
export function oversized(files: SourceFile[], allowances: readonly Allowance[]): string[] {
  const limitOf = (path: string, name: string | undefined, limit: number): number =>
    allowances.find((entry) => entry.path === path && entry.function === name)?.lines ?? limit;

  return files.flatMap((file) => {
    const tree = treeOf(file);
    const functions = [...nodesOf(tree)].filter(isFunction);
    const complaints = functions.flatMap((node) => {
      const name = nameOfFunction(node);
      const lines = linesOf(tree, node);
      const limit = limitOf(file.path, name, sizeLimits.function);
      return lines > limit
        ? [`${placeOf(file, node)}: ${name} has ${lines} lines, the limit is ${limit}.`]
        : [];
    });
    const isData = functions.length === 0 && !file.path.endsWith('.svelte');
    const lines = file.text.trimEnd().split('\n').length;
    const limit = limitOf(file.path, undefined, sizeLimits.file);
    if (lines > limit && !isData) {
      complaints.push(`${file.path}: ${lines} lines, the limit is ${limit}; split it.`);
    }
    return complaints;
  });
}

/** Allowances that nobody needs, or that give no reason: a ratchet only turns one way. */
export function idleAllowances(files: SourceFile[], allowances: readonly Allowance[]): string[] {
  return allowances.flatMap((allowance) => {
    const subject = `${allowance.path}${allowance.function ? ` ${allowance.function}` : ''}`;
    if (allowance.reason.trim().split(/\s+/).length < 4) {
      return [`The allowance for ${subject} must say in a sentence why it is needed.`];
    }
    const others = allowances.filter((entry) => entry !== allowance);
    const isNeeded = oversized(files, others).length > oversized(files, allowances).length;
    return isNeeded ? [] : [`The allowance for ${subject} is no longer needed; remove it.`];
  });
}

function hasDocBlock(tree: ts.SourceFile, node: ts.Node): boolean {
  const ranges = ts.getLeadingCommentRanges(tree.text, node.pos) ?? [];
  const last = ranges.at(-1);
  if (last === undefined) return false;
  const text = tree.text.slice(last.pos, last.end);
  return text.startsWith('/**') && /[\p{L}]{2}/u.test(text);
}

/** Exported names without a doc block: whoever meets a name from another room needs a sentence. */
export function undocumentedExports(files: SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap((file) => {
      const tree = treeOf(file);
      const namedLater = new Set<string>();
      for (const statement of tree.statements) {
        if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier) continue;
        const clause = statement.exportClause;
        if (!clause || !ts.isNamedExports(clause)) continue;
        for (const element of clause.elements) {
          namedLater.add((element.propertyName ?? element.name).text);
        }
      }
      const seen = new Set<string>();
      return tree.statements.flatMap((statement) => {
        const names = namesDeclaredBy(statement);
        const isExported =
          ts.isExportAssignment(statement) ||
          (ts.canHaveModifiers(statement) &&
            (ts.getModifiers(statement) ?? []).some(
              ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
            )) ||
          names.some((name) => namedLater.has(name));
        // Overloads share the doc block of the first.
        const isRepeated = names.some((name) => seen.has(name));
        for (const name of names) seen.add(name);
        if (!isExported || isRepeated || hasDocBlock(tree, statement)) return [];
        return [
          `${placeOf(file, statement)}: ${names.join(', ') || 'the default export'} needs a doc block (/** … */).`,
        ];
      });
    });
}

function namesDeclaredBy(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'misc', 'common']);

/** File names that are not kebab-case, or that say nothing about what the file is for. */
export function badFileNames(paths: string[]): string[] {
  return paths.flatMap((path) => {
    const name = path.split('/').at(-1) ?? '';
    const isComponent = /^[A-Z][A-Za-z0-9]*\.svelte$/.test(name);
    const complaints: string[] = [];
    if (!isComponent && !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(name)) {
      complaints.push(`${path}: file names are kebab-case (components may be PascalCase).`);
    }
    const empty = path.split(/[/.-]/).find((word) => emptyWords.has(word.toLowerCase()));
    if (empty !== undefined) {
      complaints.push(`${path}: "${empty}" says nothing; name what the file is for.`);
    }
    return complaints;
  });
}

/** What the simulated machines really call these things. */
const properTerms = /^(Package|Display|Login|Boot|Service|Window|Device|Session)Manager$/;

/** Declared names that say nothing, and types that announce with an I that they are types. */
export function badIdentifiers(files: SourceFile[]): string[] {
  return files.flatMap((file) =>
    [...nodesOf(treeOf(file))].flatMap((node) => {
      const isType =
        ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isClassDeclaration(node);
      const isValue =
        ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isParameter(node);
      if ((!isType && !isValue) || !node.name || !ts.isIdentifier(node.name)) return [];
      const name = node.name.text;
      const place = placeOf(file, node.name);
      if (isType && /^I[A-Z][a-z]/.test(name)) return [`${place}: drop the I of ${name}.`];
      const saysNothing =
        emptyWords.has(name.toLowerCase()) ||
        /(Utils?|Helpers?|Misc)$/.test(name) ||
        (isType && name.endsWith('Manager') && !properTerms.test(name));
      return saysNothing ? [`${place}: ${name} says nothing; name what it is for.`] : [];
    }),
  );
}
