import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';
import { variedVariants } from './src/scenario/vary.ts';
import type { Question } from './src/model/scenario.ts';
import { systemCatalogue } from './src/systems/catalogue.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page states its own security policy; the preview server repeats it as a header. */
function policyOfThePage(): string {
  const page = readFileSync(here('./index.html'), 'utf8');
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1];
  if (policy === undefined) throw new Error('index.html must carry a Content-Security-Policy.');
  return policy.replace(/\s+/g, ' ').trim();
}

/** Vite's development server injects inline styles and a socket, which the policy forbids. */
function relaxPolicyInDevelopment(): Plugin {
  return {
    name: 'relax-policy-in-development',
    apply: 'serve',
    transformIndexHtml: (page) =>
      page.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}

/** What one built chunk holds; `test/budget.ts` reads the list to hold the build to its budget. */
export interface ChunkInventory {
  file: string;
  isEntry: boolean;
  imports: string[];
  dynamicImports: string[];
  packages: string[];
}

/** Writes down which npm packages ended up in which chunk, since file names alone do not say. */
function inventory(target: 'page' | 'worker'): Plugin {
  return {
    name: `inventory-of-the-${target}`,
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks: ChunkInventory[] = [];
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const packages = new Set<string>();
        for (const module of Object.keys(chunk.modules)) {
          const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
          if (name !== undefined) packages.add(name);
        }
        const { fileName: file, isEntry, imports, dynamicImports } = chunk;
        chunks.push({ file, isEntry, imports, dynamicImports, packages: [...packages].sort() });
      }
      const source = JSON.stringify(chunks, null, 2);
      this.emitFile({ type: 'asset', fileName: `.vite/inventory-${target}.json`, source });
    },
  };
}

interface ScenarioHeadline {
  id: string;
  title: string;
  story: string;
  variants?: { id: string; label: string }[];
  vary?: Parameters<typeof variedVariants>[0];
  ask?: Question[];
}

/** The scenario with which the page opens stands first, the others by name. */
function openingFirst(left: string, right: string): number {
  const rank = (name: string): number => (name === 'power-loss-update.yaml' ? 0 : 1);
  return rank(left) - rank(right) || (left < right ? -1 : 1);
}

/**
 * What the first paint needs to know of scenarios and systems: their names. The page gets them as a
 * value, so that it loads neither the parser of the one nor the descriptions of the other.
 */
function catalogue(): string {
  const folder = here('./scenarios/');
  const scenarios = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort(openingFirst)
    .map((name) => {
      const text = readFileSync(folder + name, 'utf8');
      const { id, title, story, variants, vary, ask } = parse(text) as ScenarioHeadline;
      const named = [...(variants ?? []), ...variedVariants(vary)].map(
        ({ id: variant, label }) => ({ id: variant, label }),
      );
      return { id, title, story, variants: named, ask: ask ?? [] };
    });
  return JSON.stringify({
    scenarios,
    systems: systemCatalogue.map(({ id, name, mechanism, onRequest }) => ({
      id,
      name,
      mechanism,
      ...(onRequest === undefined ? {} : { onRequest }),
    })),
  });
}

/** What the page says of each system when somebody asks; a chunk of its own. */
function systemFacts(): string {
  return JSON.stringify(
    systemCatalogue.map(({ id, name, asOf, sources, protections, thenAndNow, simplified }) => {
      return { id, name, asOf, sources, protections, thenAndNow, simplified };
    }),
  );
}

/** `cp` and `glob` of memfs are never called here, and are a tenth of the worker. */
function withoutUnusedParts(): Plugin {
  return {
    name: 'without-unused-parts-of-memfs',
    enforce: 'pre',
    resolveId: (source, importer = '') => {
      const isUnused = source === './cp' || source === './glob';
      const ofMemfs = importer.includes('@jsonjoy.com/fs-node/lib/');
      return isUnused && ofMemfs ? here('./src/kernel/browser-stubs/unused-parts.ts') : null;
    },
  };
}

/** How long plugins take hangs on the load of the machine, and is no complaint about the page. */
const quiet = { checks: { pluginTimings: false } };

const hasDisplay =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

export default defineConfig({
  // Relative addresses, so that the built folder works from any path of any static server.
  base: './',
  define: { __CATALOGUE__: catalogue(), __SYSTEM_FACTS__: systemFacts() },
  plugins: [svelte(), relaxPolicyInDevelopment(), inventory('page')],
  resolve: {
    // memfs runs in the worker and asks for five modules of Node. Three have small browser
    // versions; streams and file addresses are never used here and get stubs.
    alias: [
      { find: /^(node:)?buffer$/, replacement: here('./node_modules/buffer/index.js') },
      { find: /^(node:)?events$/, replacement: here('./node_modules/events/events.js') },
      {
        find: /^(node:)?path$/,
        replacement: here('./node_modules/path-browserify/index.js'),
      },
      { find: /^(node:)?stream$/, replacement: here('./src/kernel/browser-stubs/stream.ts') },
      // Asked for in a `try`, where Vite's own empty module is as good as none.
      { find: /^process$/, replacement: '__vite-browser-external' },
      { find: /^(node:)?url$/, replacement: here('./src/kernel/browser-stubs/url.ts') },
      // Parts of memfs that are never used, and a third of its weight.
      {
        find: /^(@jsonjoy\.com\/fs-(snapshot|print)|glob-to-regex\.js)$/,
        replacement: here('./src/kernel/browser-stubs/unused-parts.ts'),
      },
    ],
  },
  build: {
    // The test runner builds into a folder of its own, so that it never disturbs a served page.
    outDir: process.env['BUILD_FOLDER'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The policy forbids inline scripts and styles, so nothing may be inlined into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: quiet,
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      ...quiet,
      // What everything stands on is one file, however many parts are loaded later: each is a request.
      output: {
        codeSplitting: {
          groups: [{ name: 'states', test: /src\/model\/(?:limits|file-system-state)\.ts$/ }],
        },
      },
    },
    plugins: () => [withoutUnusedParts(), inventory('worker')],
  },
  server: { host: '127.0.0.1' },
  preview: {
    host: '127.0.0.1',
    open: process.env['npm_lifecycle_event'] === 'start' && !process.env['CI'] && hasDisplay,
    headers: {
      'Content-Security-Policy': `${policyOfThePage()}; frame-ancestors 'none'`,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    },
  },
});
