/**
 * Runs every check and every test, never stops at the first failure, and ends with one line that
 * sums up: "N passed, N failed". Passed counts tests of Vitest and Playwright; failed counts the same
 * and adds one for each check that complains, and for each runner that ends without a report.
 *
 *   node test/run.ts check   types, lint, format, unused code, build, budget
 *   node test/run.ts test    check, then every test, those in a real browser too
 *   node test/run.ts e2e     build, then the tests in a real browser
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './e2e/browser.ts';

interface Outcome {
  name: string;
  ok: boolean;
  seconds: number;
  passed: number;
  failed: number;
  note: string;
}

interface Step {
  name: string;
  command: string[];
  env?: Record<string, string>;
  /** Reads the counts that a test runner reported; a check has none. */
  count?: () => { passed: number; failed: number; skipped: number };
}

const scratch = mkdtempSync(join(tmpdir(), 'what-survives-'));
const unitReport = join(scratch, 'unit.json');
const browserReport = join(scratch, 'browser.json');

const buildFolder = join(scratch, 'page');

const node = process.execPath;
const script = (name: string, path: string, ...parameters: string[]): Step => ({
  name,
  command: [node, path, ...parameters],
});

const checks: Step[] = [
  script('types', 'node_modules/@typescript/native/bin/tsc', '--noEmit'),
  script(
    'types in components',
    'node_modules/svelte-check/bin/svelte-check',
    '--tsconfig',
    'tsconfig.json',
    '--fail-on-warnings',
  ),
  script('lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  script('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  script('unused code', 'node_modules/knip/bin/knip.js', '--no-config-hints'),
];
const build = script('build', 'node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
const budget = script('budget', 'test/budget.ts');

const unitTests: Step = {
  ...script(
    'tests in Node',
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${unitReport}`,
  ),
  count: () => {
    const report = JSON.parse(readFileSync(unitReport, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numTodoTests: number;
      testResults: { status: string; assertionResults: unknown[] }[];
    };
    // A test file that cannot even be loaded has no test that could fail, so the file counts.
    const unloaded = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    const failed = report.numFailedTests + unloaded.length;
    const skipped = report.numPendingTests + report.numTodoTests;
    return { passed: report.numPassedTests, failed, skipped };
  },
};

const browserTests = (port: number): Step => ({
  ...script('tests in a browser', 'node_modules/@playwright/test/cli.js', 'test'),
  env: { E2E_REPORT: browserReport, E2E_PORT: String(port) },
  count: () => {
    const { stats } = JSON.parse(readFileSync(browserReport, 'utf8')) as {
      stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    };
    const failed = stats.unexpected + stats.flaky;
    return { passed: stats.expected, failed, skipped: stats.skipped };
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function execute(step: Step, live: boolean): Promise<{ code: number; output: string }> {
  const [command = node, ...parameters] = step.command;
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
      env: { ...process.env, BUILD_FOLDER: buildFolder, ...step.env },
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => {
      resolve({ code: 1, output: String(error) });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function judge(step: Step, code: number): Omit<Outcome, 'name' | 'seconds'> {
  if (step.count === undefined) {
    return { ok: code === 0, passed: 0, failed: code === 0 ? 0 : 1, note: '' };
  }
  try {
    const { passed, failed, skipped } = step.count();
    const note = `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '');
    if (failed > 0) return { ok: false, passed, failed, note };
    if (code !== 0) return { ok: false, passed, failed: 1, note: `${note}, ended with ${code}` };
    return { ok: true, passed, failed, note };
  } catch {
    return { ok: false, passed: 0, failed: 1, note: `ended with ${code} and left no report` };
  }
}

async function perform(step: Step, live: boolean): Promise<Outcome> {
  const start = performance.now();
  if (live) console.log(`\n── ${step.name}`);
  const { code, output } = await execute(step, live);
  if (!live && (code !== 0 || output.trim() !== '')) {
    console.log(`\n── ${step.name}\n${output.trimEnd()}`);
  }
  return { name: step.name, seconds: (performance.now() - start) / 1000, ...judge(step, code) };
}

/** Two at a time: the checks are single-threaded, and an ordinary machine has at least two cores. */
async function performInPairs(steps: Step[]): Promise<Outcome[]> {
  const queue = [...steps];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      outcomes.push(await perform(step, false));
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}

async function performBrowserTests(): Promise<Outcome> {
  const name = 'tests in a browser';
  try {
    console.log(`\nBrowser: ${ensureBrowser()}`);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    return { name, ok: false, seconds: 0, passed: 0, failed: 1, note: 'no browser' };
  }
  return perform(browserTests(await freePort()), true);
}

function summarise(outcomes: Outcome[]): void {
  console.log('');
  for (const { name, ok, seconds, note } of outcomes) {
    const mark = ok ? '✓' : '✗';
    console.log(`${mark} ${name.padEnd(22)}${seconds.toFixed(1).padStart(7)} s  ${note}`.trimEnd());
  }
}

async function run(mode: string): Promise<number> {
  if (!['check', 'test', 'e2e'].includes(mode)) {
    console.error(`"${mode}" is not a way to run this; use check, test or e2e.`);
    return 2;
  }
  console.log(`Node ${process.version}`);
  const outcomes: Outcome[] = [];
  if (mode !== 'e2e') outcomes.push(...(await performInPairs(checks)));
  outcomes.push(await perform(build, false));
  if (mode !== 'e2e') outcomes.push(await perform(budget, false));
  if (mode === 'test') outcomes.push(await perform(unitTests, true));
  if (mode !== 'check') outcomes.push(await performBrowserTests());

  summarise(outcomes);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  if (mode !== 'check') console.log(`\n${passed} passed, ${failed} failed`);
  return outcomes.every((outcome) => outcome.ok) ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv[2] ?? 'test');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
