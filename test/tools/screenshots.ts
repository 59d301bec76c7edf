/**
 * Takes pictures of the built page: docs/bench.png for the README, and the main states of the page for
 * a look before a release. Build first; the pictures for the look go to test-results/screenshots.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContextOptions, type Page } from '@playwright/test';
import { preview } from 'vite';
import { ensureBrowser, launchOptions } from '../e2e/browser.ts';
import { allMachines, link, waitForVerdicts } from '../e2e/laboratory-page.ts';

interface Picture {
  name: string;
  options: BrowserContextOptions;
  fullPage?: boolean;
  reach: (page: Page) => Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const wide = { viewport: { width: 1366, height: 768 } };

const run =
  (more: string, scenario?: string) =>
  async (page: Page): Promise<void> => {
    await page.goto(link(more === '' ? allMachines : `${allMachines}&${more}`, scenario));
    await waitForVerdicts(page, 5);
  };

const pictures: Picture[] = [
  { name: 'bench', options: { ...wide, deviceScaleFactor: 2 }, reach: run('') },
  { name: 'wide', options: wide, reach: run('') },
  { name: 'dark', options: { ...wide, colorScheme: 'dark' }, reach: run('') },
  { name: 'very-wide', options: { viewport: { width: 2560, height: 1200 } }, reach: run('') },
  {
    name: 'before',
    options: wide,
    reach: async (page) => void (await page.goto('/#v=1&view=bench')),
  },
  {
    name: 'phone',
    options: { viewport: { width: 320, height: 640 } },
    fullPage: true,
    reach: run(''),
  },
  {
    name: 'tablet',
    options: { viewport: { width: 768, height: 1024 } },
    fullPage: true,
    reach: run(''),
  },
  { name: 'rm-rf-root', options: wide, reach: run('', 'rm-rf-root') },
  { name: 'unsaved-thesis', options: wide, reach: run('', 'unsaved-thesis') },
  { name: 'mangled', options: wide, reach: async (page) => void (await page.goto('/#v=0&seed=x')) },
  {
    name: 'why',
    options: wide,
    reach: async (page) => {
      await run('')(page);
      await page.getByRole('button', { name: 'Why? NixOS' }).click();
    },
  },
];

async function take(picture: Picture, address: string): Promise<void> {
  const { name, options, fullPage = false, reach } = picture;
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ ...options, baseURL: address, reducedMotion: 'reduce' });
    await reach(page);
    const folder = name === 'bench' ? 'docs' : 'test-results/screenshots';
    mkdirSync(join(root, folder), { recursive: true });
    await page.screenshot({ path: join(root, folder, `${name}.png`), fullPage });
    console.log(`${folder}/${name}.png`);
  } finally {
    await browser.close();
  }
}

ensureBrowser();
const server = await preview({ root, preview: { port: 0, open: false } });
const address = server.resolvedUrls?.local[0] ?? '';
const asked = process.argv.slice(2);
for (const picture of pictures) {
  if (asked.length === 0 || asked.includes(picture.name)) await take(picture, address);
}
await server.close();
