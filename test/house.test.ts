/**
 * The rules of the house, checked on every file. Each check is a function from files to complaints;
 * it is run on the real tree, and on a planted mistake that proves that it can complain.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allowances } from './house/allowances.ts';
import * as code from './house/code.ts';
import * as imports from './house/imports.ts';
import * as prose from './house/prose.ts';
import { filesBelow, root, type SourceFile } from './house/source.ts';

const source = filesBelow('src', '.ts', '.svelte');
const tests = filesBelow('test', '.ts');
const rest = ['vite.config.ts', 'vitest.config.ts', 'playwright.config.ts', 'index.html'];
const topFiles = [...rest, 'package.json', 'package-lock.json', 'knip.ts', 'eslint.config.js']
  .filter((path) => existsSync(join(root, path)))
  .map((path): SourceFile => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const pages = filesBelow('.', '.md');
const written = [...source, ...pages, ...filesBelow('src', '.css', '.json')];

const file = (path: string, text: string): SourceFile => ({ path, text });
const lines = (count: number, text = '  work();'): string => Array(count).fill(text).join('\n');

/** A check passes on the tree, complains about each planted mistake, and lets its opposite pass. */
function rule(
  name: string,
  onTheTree: () => string[],
  onPlanted: (files: SourceFile[]) => string[],
  planted: { wrong: SourceFile[][]; right: SourceFile[][] },
): void {
  describe(name, () => {
    test('holds', () => {
      expect(onTheTree().join('\n')).toBe('');
    });
    test('is noticed when broken', () => {
      for (const files of planted.wrong) {
        expect(onPlanted(files), files.map(({ text }) => text).join('\n')).not.toEqual([]);
      }
      for (const files of planted.right) expect(onPlanted(files)).toEqual([]);
    });
  });
}

const eachAlone = (...files: SourceFile[]): SourceFile[][] => files.map((one) => [one]);

rule(
  'rooms import along the arrows of the design',
  () => imports.wrongDirections(source),
  imports.wrongDirections,
  {
    wrong: eachAlone(
      file('src/model/a.ts', `import { b } from '../kernel/b.ts';`),
      file('src/kernel/a.ts', `export { b } from '../persistence/b.ts';`),
      file('src/boot/a.ts', `import type { B } from '../survival/b.ts';`),
      file('src/backends/ab/a.ts', `const b = await import('../../shell/b.ts');`),
      file('src/app/Page.svelte', `<script lang="ts">import b from '../boot/b.ts';</script>`),
      file('src/kernel/a.ts', `type B = import('../engine/b.ts').B;`),
      file('src/kernel/a.ts', `import b from '../../test/b.ts';`),
      file('src/cellar/a.ts', `export const a = 1;`),
    ),
    right: eachAlone(
      file('src/engine/a.ts', `import { b } from '../boot/b.ts'; import { c } from './c.ts';`),
      file('src/backends/ab/a.ts', `import { b } from '../../kernel/b.ts'; import '../c.ts';`),
      file('src/app/a.ts', `import type { B } from '../engine/b.ts'; import '../model/c.ts';`),
    ),
  },
);

rule('no two rooms import each other', () => imports.mutualImports(source), imports.mutualImports, {
  wrong: [
    [
      file('src/boot/a.ts', `import { b } from '../model/b.ts';`),
      file('src/model/b.ts', `import type { A } from '../boot/a.ts';`),
    ],
  ],
  right: [[file('src/boot/a.ts', `import { b } from '../model/b.ts';`)]],
});

rule(
  'the engine stays off the thread of the page',
  () => imports.engineOnThePage(source),
  imports.engineOnThePage,
  {
    wrong: eachAlone(
      file('src/app/a.ts', `import { run } from '../engine/run.ts';`),
      file('src/app/a.ts', `import { type Trace, run } from '../engine/run.ts';`),
      file('src/app/A.svelte', `<script lang="ts">\nimport '../engine/run.ts';\n</script>`),
    ),
    right: eachAlone(
      file('src/app/lab.worker.ts', `import { run } from '../engine/run.ts';`),
      file('src/app/a.ts', `import type { Trace } from '../engine/run.ts';`),
      file('src/app/a.ts', `import { type Trace } from '../engine/run.ts';`),
    ),
  },
);

rule(
  'each package is imported by its own rooms only',
  () => imports.wrongPackages(source),
  imports.wrongPackages,
  {
    wrong: eachAlone(
      file('src/engine/a.ts', `import { Volume } from 'memfs';`),
      file('src/app/a.ts', `import { parse } from 'yaml';`),
      file('src/backends/a.ts', `import { setup } from 'xstate';`),
      file('src/model/a.ts', `import type { Component } from 'svelte';`),
      file('src/engine/a.ts', `import { readFileSync } from 'node:fs';`),
      file('src/cli/a.ts', `import leftPad from 'left-pad';`),
    ),
    right: eachAlone(
      file('src/kernel/a.ts', `import { Superblock } from '@jsonjoy.com/fs-core/lib/a.js';`),
      file('src/cli/a.ts', `import { argv } from 'node:process';`),
    ),
  },
);

rule(
  'relative imports carry their ending',
  () => imports.missingEndings([...source, ...tests]),
  imports.missingEndings,
  {
    wrong: eachAlone(file('src/boot/a.ts', `import { b } from './b';`)),
    right: eachAlone(file('src/boot/a.ts', `import { b } from './b.ts';`)),
  },
);

const entries = [
  'src/cli/main.ts',
  // The page names its script in index.html; vite.config.ts names the stubs by their path.
  'src/app/main.ts',
  'src/kernel/browser-stubs/stream.ts',
  'src/kernel/browser-stubs/unused-parts.ts',
  'src/kernel/browser-stubs/url.ts',
];

// The rooms grow from the bottom: until the worker joins the page to the engine, nobody imports the
// topmost files yet. The same moment makes knip strict.
const isJoined = source.some(({ path }) => path === 'src/app/lab.worker.ts');

rule(
  'every file is used',
  () => (isJoined ? imports.deadFiles(source, [...source, ...tests, ...topFiles], entries) : []),
  (files) => imports.deadFiles(files, files, ['src/a.ts']),
  {
    wrong: [[file('src/a.ts', `import './c.ts';`), file('src/b.ts', `import './b.ts';`)]],
    right: [
      [
        file('src/a.ts', `new Worker(new URL('./b.worker.ts', import.meta.url));`),
        file('src/b.worker.ts', `export {};`),
      ],
    ],
  },
);

const isStub = ({ path }: SourceFile): boolean => path.startsWith('src/kernel/browser-stubs/');

rule(
  'below app and cli there is no clock, no chance, no input or output',
  // The stubs stand in for modules of Node and speak to memfs alone.
  () => code.bannedUses(source.filter((one) => !isStub(one))),
  code.bannedUses,
  {
    wrong: eachAlone(
      file('src/engine/a.ts', `const now = Date.now();`),
      file('src/engine/a.ts', `const now = new Date();`),
      file('src/boot/a.ts', `const x = Math.random();`),
      file('src/boot/a.ts', `const { random } = Math;`),
      file('src/kernel/a.ts', `setTimeout(() => undefined, 1);`),
      file('src/kernel/a.ts', `const t = performance.now();`),
      file('src/releases/a.ts', `await fetch('x');`),
      file('src/model/a.ts', `crypto.randomUUID();`),
      file('src/model/a.ts', `console.log(1); `),
      file('src/model/a.ts', `const { env } = process;`),
      file('src/model/a.ts', `globalThis['fetch']('x');`),
    ),
    right: eachAlone(
      file('src/engine/a.ts', `function next(process: number) { return process + a.process; }`),
      file('src/engine/a.ts', `interface A { process: number; Date: string; performance(): void }`),
      file(
        'src/engine/a.ts',
        `// Date.now() is not for us\nconst a = 'Math.random()' + Math.abs(1);`,
      ),
      file('src/cli/a.ts', `console.log(new Date());`),
      file('src/app/a.ts', `setTimeout(() => undefined, performance.now());`),
    ),
  },
);

rule(
  'core files keep nothing from one run to the next',
  () => code.sharedVariables(source),
  code.sharedVariables,
  {
    wrong: eachAlone(
      file('src/kernel/a.ts', `let next = 0;`),
      file('src/kernel/a.ts', `export var next = 0;`),
    ),
    right: eachAlone(
      file('src/kernel/a.ts', `const first = 0; function f() { let next = 0; return next; }`),
      file('src/app/a.ts', `let next = 0;`),
    ),
  },
);

rule(
  'files and functions fit into a reader',
  () => [...code.oversized(source, allowances), ...code.idleAllowances(source, allowances)],
  (files) => code.oversized(files, []),
  {
    wrong: eachAlone(
      file('src/boot/a.ts', `function long() {\n${lines(70)}\n}`),
      file('src/boot/a.ts', `const long = () => {\n${lines(70)}\n};`),
      file('src/boot/a.ts', `function short() {}\n${lines(400)}`),
      file('src/app/A.svelte', lines(401, '<p></p>')),
    ),
    right: eachAlone(
      file('src/boot/a.ts', `function long() {\n${lines(68)}\n}`),
      file('src/systems/a.ts', `export const a = [\n${lines(500, '1,')}\n];`),
    ),
  },
);

test('an allowance needs a reason and a need', () => {
  const long = [file('src/boot/a.ts', `function long() {\n${lines(70)}\n}`)];
  const allowance = { path: 'src/boot/a.ts', function: 'long', lines: 90 };
  const good = [{ ...allowance, reason: 'The hot loop must not call anything.' }];
  expect(code.oversized(long, good)).toEqual([]);
  expect(code.idleAllowances(long, good)).toEqual([]);
  expect(code.idleAllowances(long, [{ ...allowance, reason: 'hot' }])).toHaveLength(1);
  expect(code.idleAllowances([], good)).toHaveLength(1);
});

rule(
  'every exported name has a doc block',
  () => code.undocumentedExports(source),
  code.undocumentedExports,
  {
    wrong: eachAlone(
      file('src/boot/a.ts', `export const a = 1;`),
      file('src/boot/a.ts', `/** */\nexport interface A { a: 1 }`),
      file('src/boot/a.ts', `// A sentence.\nexport function a() {}`),
      file('src/boot/a.ts', `const a = 1;\nexport { a };`),
      file('src/boot/a.ts', `/** About the file. */\nimport './b.ts';\nexport default 1;`),
    ),
    right: eachAlone(
      file('src/boot/a.ts', `/** What a is. */\nexport const a = 1;`),
      file('src/boot/a.ts', `/** F. of x */\nexport function a(x: 1): 1;\nexport function a() {}`),
      file('src/boot/a.ts', `export { a } from './b.ts';\nconst c = 1;`),
    ),
  },
);

rule(
  'file names say what a file is for',
  () => code.badFileNames([...source, ...tests].map(({ path }) => path)),
  (files) => code.badFileNames(files.map(({ path }) => path)),
  {
    wrong: eachAlone(
      file('src/boot/bootLoader.ts', ''),
      file('src/boot/boot_loader.ts', ''),
      file('src/boot/utils.ts', ''),
      file('src/boot/path-helpers.ts', ''),
      file('src/common/a.ts', ''),
    ),
    right: eachAlone(
      file('src/boot/boot-loader.ts', ''),
      file('src/app/lab.worker.ts', ''),
      file('src/app/FatesTable.svelte', ''),
      file('src/app/state.svelte.ts', ''),
    ),
  },
);

rule(
  'names say what a thing is for',
  () => code.badIdentifiers([...source, ...tests]),
  code.badIdentifiers,
  {
    wrong: eachAlone(
      file('src/boot/a.ts', `interface IDisk { a: 1 }`),
      file('src/boot/a.ts', `class VolumeManager {}`),
      file('src/boot/a.ts', `const pathUtils = {};`),
      file('src/boot/a.ts', `function helper() {}`),
      file('src/boot/a.ts', `const misc = 1;`),
    ),
    right: eachAlone(
      file('src/boot/a.ts', `interface Inode { a: 1 }\ninterface IOFailure { a: 1 }`),
      file('src/boot/a.ts', `type PackageManager = 'apt' | 'dnf'; const commonPrefix = '';`),
    ),
  },
);

const unfinished = ['TO' + 'DO', 'FIX' + 'ME'];

rule(
  'nothing is left for later',
  () => prose.unfinishedWork([...source, ...tests, ...pages]),
  prose.unfinishedWork,
  {
    wrong: unfinished.map((word) => [file('src/boot/a.ts', `// ${word}: later`)]),
    right: eachAlone(file('src/boot/a.ts', `// A to-do list is data too.`)),
  },
);

rule(
  'no path of a single machine is written down',
  () => prose.machinePaths(written),
  prose.machinePaths,
  {
    wrong: eachAlone(
      file('README.md', `see ${'/wo' + 'rk/main'}/README.md`),
      file('README.md', ['file:', '', '', 'home', 'sam'].join('/')),
      file('README.md', `${'/Us' + 'ers/sam'}`),
    ),
    right: eachAlone(file('src/boot/a.ts', `const paths = ['/tmp/x', '/home/sam', '/a/work/b'];`)),
  },
);

rule(
  'no package registry is written down',
  () => prose.registryHosts([...written, ...topFiles]),
  prose.registryHosts,
  {
    wrong: eachAlone(
      file('package-lock.json', `      "resolved": "x.tgz",`),
      file('README.md', `http://${'regi' + 'stry'}.npmjs.org/memfs`),
    ),
    right: eachAlone(file('README.md', `https://www.npmjs.com/package/memfs`)),
  },
);

rule(
  'links in Markdown lead somewhere',
  () => prose.brokenLinks(pages, (path) => existsSync(join(root, path))),
  (files) => prose.brokenLinks(files, (path) => files.some((one) => one.path === path)),
  {
    wrong: eachAlone(
      file('README.md', `[a](docs/missing.md)`),
      file('README.md', `# Title\n[a](#other-title)`),
      file('docs/a.md', `[a](../../outside.md)`),
    ),
    right: [
      [
        file(
          'README.md',
          `# Title\n[a](docs/a.md#what-it-is-for) [b](https://x.org/y) [c](#title)`,
        ),
        file('docs/a.md', `## What it is \`for\`?\n[up](../README.md)\n\`[no](link)\``),
      ],
    ],
  },
);
