import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type LaunchOptions } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

/** Keeps a test browser from doing anything of its own: no updates, no background requests. */
const quietFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function inSearchPath(...names: string[]): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * The browser that the tests drive: the one that CHROMIUM_PATH names, else Debian's, else one in the
 * search path, else the one that Playwright has downloaded. Undefined where there is none.
 */
export function findBrowser(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which is not a program that can be started.`);
  }
  const candidates = [
    '/usr/bin/chromium',
    ...inSearchPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'),
    chromium.executablePath(),
  ];
  return candidates.find((path) => path !== '' && isExecutable(path));
}

/** How every test starts the browser. Chromium refuses its sandbox to root, so root goes without. */
export function launchOptions(): LaunchOptions {
  const executablePath = findBrowser();
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: isRoot ? ['--no-sandbox', ...quietFlags] : quietFlags,
  };
}

function succeeds(command: string, ...parameters: string[]): boolean {
  console.log(`$ ${command} ${parameters.join(' ')}`);
  // Debian's installer asks questions on a terminal; here nobody would answer.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync(command, parameters, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  return status === 0;
}

/** Finds a browser, and installs one where there is none; says what to do if even that fails. */
export function ensureBrowser(): string {
  const present = findBrowser();
  if (present !== undefined) return present;

  console.log('No Chromium found; installing one for the browser tests.');
  const hasApt = inSearchPath('apt-get').some(isExecutable);
  if (isRoot && hasApt) {
    // Another installer may hold the lock for a while, so wait for it instead of failing.
    const wait = ['-o', 'DPkg::Lock::Timeout=300'];
    const packages = ['chromium', 'fonts-liberation'];
    succeeds('apt-get', ...wait, 'update');
    succeeds('apt-get', ...wait, 'install', '-y', '--no-install-recommends', ...packages);
  }
  if (findBrowser() === undefined) succeeds('npx', '--no', 'playwright', 'install', 'chromium');

  const installed = findBrowser();
  if (installed !== undefined) return installed;
  const help = hasApt
    ? `${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends chromium fonts-liberation`
    : 'npx playwright install --with-deps chromium';
  throw new Error(`The browser tests need a Chromium. This command brings one:\n\n  ${help}\n`);
}
