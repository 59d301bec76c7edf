import { expect, test, type Page } from '@playwright/test';
import {
  allMachines,
  cardOf,
  complaintsOf,
  link,
  plugOf,
  verdicts,
  waitForVerdicts,
} from './laboratory-page.ts';

const plainVerdict =
  /^(Starts, (old version|new version|half updated|damaged|nobody can log in)|Does not start)$/;

async function instantOf(page: Page): Promise<number> {
  return Number(await plugOf(page).getAttribute('aria-valuenow'));
}

/** Drags the plug from where it hangs to a share of the rail. */
async function dragTo(page: Page, share: number): Promise<void> {
  const rail = await page.locator('.rail').boundingBox();
  const plug = await plugOf(page).boundingBox();
  if (rail === null || plug === null) throw new Error('There is no plug to drag.');
  await page.mouse.move(plug.x + plug.width / 2, plug.y + plug.height / 2);
  await page.mouse.down();
  await page.mouse.move(rail.x + (rail.width * share) / 2, plug.y + 60, { steps: 5 });
  await page.mouse.move(rail.x + rail.width * share, plug.y + 60, { steps: 5 });
  await page.mouse.up();
}

test('somebody chooses a scenario, bets, runs it, and sees a verdict for every machine', async ({
  page,
  baseURL,
}) => {
  const complaints = complaintsOf(page, baseURL ?? '');
  await page.goto('/#v=1&view=bench');
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('power-loss-update');
  const run = page.getByRole('banner').getByRole('button', { name: 'Run' });
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('combobox', { name: 'Your prediction for Debian' }).selectOption('new');
  await run.click();
  await waitForVerdicts(page, 5);
  // What is seen is asked before the verdict is told.
  await page.getByRole('combobox', { name: 'What do you see on Debian?' }).selectOption('old');
  for (const verdict of await verdicts(page)) expect(verdict).toMatch(plainVerdict);
  await expect(cardOf(page, 'Debian')).toContainText('you said: starts, new version; it is: ');
  await page.getByRole('radio', { name: 'no commit point' }).check();
  await expect(page.getByRole('group', { name: 'What the principles' })).toContainText('dpkg');
  await expect(page.getByRole('img', { name: /^Debian, .*start/ })).toBeVisible();
  await expect(page.getByRole('status')).toContainText('Debian');
  expect(complaints).toEqual([]);
});

test('dragging the plug changes the instant and what every machine shows', async ({ page }) => {
  await page.goto(link('at=0'));
  await waitForVerdicts(page);
  expect(await verdicts(page)).toEqual(Array(2).fill('Starts, old version'));
  await dragTo(page, 0.5);
  expect(await instantOf(page)).toBeGreaterThan(0);
  expect(await verdicts(page)).not.toEqual(Array(2).fill('Starts, old version'));
  const middle = await instantOf(page);
  await dragTo(page, 0.999);
  expect(await instantOf(page)).toBeGreaterThan(middle);
  expect(new URL(page.url()).hash).toMatch(/&at=\d/);
});

test('scrubbing there and back again shows the same', async ({ page }) => {
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  const table = page.getByRole('region', { name: 'What became of the data' });
  const before = [await verdicts(page), await table.innerText()];
  await dragTo(page, 0.7);
  await dragTo(page, 0.2);
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  expect([await verdicts(page), await table.innerText()]).toEqual(before);
});

test('everything can be done with the keyboard alone', async ({ page }) => {
  await page.goto('/#v=1&view=bench');
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      });
      if (name.test(label.trim())) return;
    }
    throw new Error(`The Tab key never comes to ${name}.`);
  };
  for (const name of [/^Vanilla OS$/, /^openSUSE MicroOS$/, /^NixOS$/]) {
    await tabTo(name);
    await page.keyboard.press('Space');
  }
  await tabTo(/^Just show me$/);
  await page.keyboard.press('Enter');
  await waitForVerdicts(page);

  await tabTo(/^Why\? Debian/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: /^Debian:/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Why? Debian' })).toBeFocused();

  await tabTo(/^When the power/);
  await page.keyboard.press('Home');
  await expect(plugOf(page)).toHaveAttribute('aria-valuenow', '0');
  await expect(plugOf(page)).toHaveAttribute('aria-valuetext', /^0:00\. .*starts, old version\.$/);
  await page.keyboard.press('ArrowRight');
  const first = await instantOf(page);
  expect(first).toBeGreaterThan(0);
  await page.keyboard.press('ArrowLeft');
  expect(await instantOf(page)).toBe(0);
  await page.keyboard.press('PageUp');
  expect(await instantOf(page)).toBeGreaterThan(0);
  await page.keyboard.press('End');
  const end = await plugOf(page).getAttribute('aria-valuemax');
  await expect(plugOf(page)).toHaveAttribute('aria-valuenow', end ?? '');
});

test('the plug is pulled: all monitors go dark together and wake one by one', async ({ page }) => {
  await page.goto(link(`at=9&${allMachines}`, 'unsaved-thesis'));
  await waitForVerdicts(page, 5);
  const before = await verdicts(page);
  // The page itself notes how many monitors are dark after each change, so that none is missed.
  await page.evaluate(() => {
    const seen: number[] = [];
    new MutationObserver(() => {
      const dark = document.querySelectorAll('article .monitor.off').length;
      if (dark !== seen.at(-1)) seen.push(dark);
      document.body.dataset['dark'] = seen.join();
    }).observe(document.body.querySelector('main') ?? document.body, {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });
  await page.getByRole('button', { name: 'Pull the plug' }).click();
  await expect(page.locator('body')).toHaveAttribute('data-dark', '5,4,3,2,1,0');
  expect(await verdicts(page)).toEqual(before);
  await expect(page.getByRole('status')).toContainText('The power failed.');
});

test('with reduced motion nothing goes dark: the end is there at once', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  await page.getByRole('button', { name: 'Pull the plug' }).click();
  await expect(page.getByText('The power failed at', { exact: true })).toBeVisible();
  await expect(page.getByText('No power')).toHaveCount(0);
});

test('a machine is taken away and comes back, and the others keep what they showed', async ({
  page,
}) => {
  await page.goto(link('at=3&on=debian,fedora-silverblue'));
  await waitForVerdicts(page, 2);
  const before = await verdicts(page);
  const chip = page.getByRole('button', { name: 'Fedora Silverblue', exact: true });
  await chip.click();
  await waitForVerdicts(page, 1);
  await expect(chip).toHaveAttribute('aria-pressed', 'false');
  await chip.click();
  await waitForVerdicts(page, 2);
  expect(await verdicts(page)).toEqual(before);
});

test('the last machine cannot be taken away', async ({ page }) => {
  await page.goto(link('on=debian'));
  await waitForVerdicts(page, 1);
  await page.getByRole('button', { name: 'Debian', exact: true }).click();
  await waitForVerdicts(page, 1);
});

test('a link opened elsewhere shows the very same screen', async ({ page, browser, baseURL }) => {
  await page.goto(link('on=debian,fedora-silverblue'));
  await waitForVerdicts(page, 2);
  await dragTo(page, 0.6);
  const elsewhere = await browser.newPage(baseURL === undefined ? {} : { baseURL });
  await elsewhere.goto(page.url());
  await waitForVerdicts(elsewhere, 2);
  expect(await verdicts(elsewhere)).toEqual(await verdicts(page));
  expect(await instantOf(elsewhere)).toBe(await instantOf(page));
  const table = 'What became of the data';
  expect(await elsewhere.getByRole('region', { name: table }).innerText()).toBe(
    await page.getByRole('region', { name: table }).innerText(),
  );
  await elsewhere.close();
});

test('back leads to the scenario before', async ({ page }) => {
  await page.goto(link());
  await waitForVerdicts(page);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('rm-rf-root');
  await page.getByRole('button', { name: 'Just show me' }).click();
  await waitForVerdicts(page);
  expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toBe(title);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await waitForVerdicts(page);
});

test('every fate says why, with a source', async ({ page }) => {
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  const cells = page.getByRole('region', { name: 'What became of the data' }).getByRole('button');
  const count = await cells.count();
  expect(count).toBeGreaterThan(5);
  for (let place = 0; place < count; place += 1) {
    await cells.nth(place).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('listitem').first()).toHaveText(/\S{3}/);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
});

for (const scenario of ['rm-rf-root', 'unsaved-thesis']) {
  test(`${scenario} runs, in each of its variants`, async ({ page }) => {
    await page.goto(link(allMachines, scenario));
    await waitForVerdicts(page, 5);
    for (const verdict of await verdicts(page)) expect(verdict).toMatch(plainVerdict);
    const variant = page.getByRole('combobox', { name: 'Variant' });
    const variants = await variant.locator('option').evaluateAll((options) => {
      return options.flatMap((option) => option.getAttribute('value') ?? []);
    });
    for (const id of variants) {
      await variant.selectOption(id);
      await waitForVerdicts(page, 5);
      for (const verdict of await verdicts(page)) expect(verdict).toMatch(plainVerdict);
    }
  });
}
