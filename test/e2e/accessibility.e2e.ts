import { expect, test, type Page } from '@playwright/test';
import {
  accessibilityDefects,
  allMachines,
  expectNoSidewaysScroll,
  link,
  plugOf,
  waitForVerdicts,
} from './laboratory-page.ts';

const states: readonly [string, (page: Page) => Promise<void>][] = [
  ['before the first bet', async (page) => void (await page.goto('/'))],
  [
    'at the end of the first minute',
    async (page) => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Just show me' }).click();
      await expect(plugOf(page)).toBeVisible({ timeout: 90_000 });
      await plugOf(page).press('Home');
      await expect(page.getByRole('button', { name: 'Add a machine' })).toBeVisible();
    },
  ],
  ['before a run', async (page) => void (await page.goto('/#v=1&view=bench'))],
  [
    'after a run',
    async (page) => {
      await page.goto(link('at=0.7'));
      await waitForVerdicts(page);
    },
  ],
  [
    'with everything unfolded',
    async (page) => {
      await page.goto(link('at=0.7'));
      await waitForVerdicts(page);
      for (const fold of await page.locator('details > summary').all()) await fold.click();
    },
  ],
  [
    'after everything was deleted, on five machines',
    async (page) => {
      await page.goto(link(allMachines, 'rm-rf-root'));
      await waitForVerdicts(page, 5);
    },
  ],
  [
    'at the answer to a why',
    async (page) => {
      await page.goto(link('at=9', 'unsaved-thesis'));
      await waitForVerdicts(page);
      await page.getByRole('button', { name: 'Why? Debian' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  ],
  [
    'in the dark',
    async (page) => {
      await page.goto(link('at=9', 'unsaved-thesis'));
      await waitForVerdicts(page);
      await page.getByRole('button', { name: 'Pull the plug' }).click();
      await expect(page.getByText('No power')).toHaveCount(0);
    },
  ],
  [
    'with options open',
    async (page) => {
      await page.goto('/#v=1&view=bench');
      await page.getByRole('button', { name: 'Options' }).click();
    },
  ],
  [
    'with mistakes in a scenario',
    async (page) => {
      await page.goto('/#v=1&view=bench');
      await page.getByRole('button', { name: 'Options' }).click();
      await page.getByRole('button', { name: 'Your own scenario …' }).click();
      await page.getByRole('textbox', { name: 'Scenario, in YAML' }).fill('id: x\nstepz: 1\n');
      await expect(page.getByRole('button', { name: /^Line/ }).first()).toBeVisible();
    },
  ],
  ['after a mangled link', async (page) => void (await page.goto('/#v=0&zz=1'))],
];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [state, reach] of states) {
    test(`${state}, ${colorScheme}: no defect that a program can find`, async ({ page }) => {
      // Colours are measured at rest, not in the middle of an animation.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await reach(page);
      expect(await accessibilityDefects(page)).toEqual([]);
    });
  }
}

for (const [state, reach] of states) {
  test(`${state}: a screen of 320 pixels is enough`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await reach(page);
    await expectNoSidewaysScroll(page);
    expect(await accessibilityDefects(page)).toEqual([]);
  });
}

test('whatever can be pressed is at least 24 pixels in each direction', async ({ page }) => {
  await page.goto(link('at=9', 'unsaved-thesis'));
  await waitForVerdicts(page);
  const small = await page.evaluate(() => {
    const targets = document.querySelectorAll('button, select, summary, input, [role=slider]');
    return [...targets].flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      return width > 0 && (width < 24 || height < 23.5) ? [`${target.outerHTML.slice(0, 80)}`] : [];
    });
  });
  expect(small).toEqual([]);
});

test('at 1366 × 768 verdicts, monitors and all lanes are on the first screen', async ({ page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto(link(`at=9&${allMachines}`, 'unsaved-thesis'));
  await waitForVerdicts(page, 5);
  const lanes = page.locator('.strip');
  await expect(lanes).toHaveCount(5);
  for (const lane of await lanes.all()) {
    const box = await lane.boundingBox();
    expect((box?.y ?? 1000) + (box?.height ?? 0)).toBeLessThanOrEqual(768);
  }
});

test('a finger drags the plug', async ({ browser, baseURL }) => {
  const page = await browser.newPage({
    ...(baseURL === undefined ? {} : { baseURL }),
    hasTouch: true,
    viewport: { width: 390, height: 844 },
  });
  await page.goto(link('at=0'));
  await waitForVerdicts(page);
  await plugOf(page).scrollIntoViewIfNeeded();
  const rail = await page.locator('.rail').boundingBox();
  if (rail === null) throw new Error('There is no rail to touch.');
  await page.touchscreen.tap(rail.x + rail.width * 0.5, rail.y + 60);
  await expect(plugOf(page)).not.toHaveAttribute('aria-valuenow', '0');
  await page.close();
});
