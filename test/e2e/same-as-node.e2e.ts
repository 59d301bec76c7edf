/** The engine is deterministic: Chromium and Node come to the same bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import fc from 'fast-check';
import { build } from 'vite';
import { randomProgram } from '../law/reference/random-program.ts';
import * as engine from './engine-in-browser.ts';

const project = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');

/** The engine as one script, made by the same tool as the page. */
async function script(): Promise<string> {
  const entry = join(import.meta.dirname, 'engine-in-browser.ts');
  const made = await build({
    root: project,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry, formats: ['iife'], name: 'engine' },
      rolldownOptions: { input: entry },
    },
  });
  const [bundle] = Array.isArray(made) ? made : [made];
  if (bundle === undefined || !('output' in bundle)) throw new Error('nothing was built');
  return bundle.output[0].code;
}

async function inBrowser(
  page: Page,
  task: keyof typeof engine,
  ...words: readonly string[]
): Promise<string> {
  await page.goto('about:blank');
  await page.addScriptTag({ content: `${await script()};globalThis.engine = engine;` });
  return page.evaluate(
    ([name, parameters]) => {
      const made = (
        globalThis as unknown as { engine: Record<string, (...all: string[]) => string> }
      ).engine;
      return made[name]?.(...parameters) ?? '';
    },
    [task, [...words]] as const,
  );
}

test('every recorded litmus test', async ({ page }) => {
  const text = read('test/conformance/fixtures/litmus.json');
  expect(await inBrowser(page, 'litmusReport', text)).toBe(engine.litmusReport(text));
});

test('random programs on every profile', async ({ page }) => {
  const programs = fc.sample(randomProgram({ features: [] }), { numRuns: 60, seed: 7 });
  const text = JSON.stringify(programs);
  expect(await inBrowser(page, 'statesOfPrograms', text)).toBe(engine.statesOfPrograms(text));
});

test('a machine in a disaster, searched', async ({ page }) => {
  const words = [
    read('scenarios/power-loss-update.yaml'),
    read('public/releases/classroom.json'),
    'fedora-silverblue',
  ] as const;
  expect(await inBrowser(page, 'machineReport', ...words)).toBe(engine.machineReport(...words));
});
