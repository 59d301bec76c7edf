import { expect, test, type Page } from '@playwright/test';
import { explained } from '../../src/app/glossary.ts';
import { complaintsOf, plugOf } from './laboratory-page.ts';

const question = 'The power fails now. Which will still start?';

/** Counts the clicks that the page itself hears. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    document.documentElement.dataset['clicks'] = '0';
    addEventListener('pointerdown', () => {
      const { dataset } = document.documentElement;
      dataset['clicks'] = String(Number(dataset['clicks']) + 1);
    });
  });
  return async () => Number(await page.locator('html').getAttribute('data-clicks'));
}

const bet = (page: Page, machine: string, words: string) =>
  page
    .getByRole('group', { name: `Your bet for ${machine}` })
    .getByText(words)
    .click();

test('a newcomer bets, pulls the plug, sees, and finds what no updater saves', async ({
  page,
  baseURL,
}) => {
  const complaints = complaintsOf(page, baseURL ?? '');
  await page.goto('/');
  const clicks = await countClicks(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(question);
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await expect(page.getByRole('link')).toHaveCount(0);
  const words = (await page.locator('body').innerText()).trim().split(/\s+/);
  expect(words.length, 'words before the first verdict').toBeLessThanOrEqual(120);

  const plug = page.getByRole('button', { name: 'Pull the plug' });
  await expect(plug).toHaveAttribute('aria-disabled', 'true');
  await bet(page, 'Debian', 'Starts, old version');
  await bet(page, 'Fedora Silverblue', 'Starts, old version');
  await plug.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What do you see?', {
    timeout: 90_000,
  });
  await expect(page.getByRole('article', { name: 'Debian' })).toContainText('you said');
  expect(await clicks(), 'clicks to the first verdict').toBeLessThanOrEqual(3);

  const silverblue = page.getByRole('article', { name: 'Fedora Silverblue' });
  await expect(silverblue).toContainText('Starts, old version');
  await expect(silverblue).toContainText('chapter 2: updated');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Now drag the plug');
  await plugOf(page).press('Home');
  await expect(silverblue).toContainText('chapter 2: back to older');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    /^The system was saved; the chapter was not: it is back to the older text\./,
  );
  await expect(page.getByText(/^No updater saves a chapter/)).toBeVisible();

  await page.getByRole('button', { name: 'Add a machine' }).click();
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Vanilla OS' })).toBeFocused();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(question);
  expect(complaints).toEqual([]);
});

test('the first minute needs neither a mouse nor a bet', async ({ page }) => {
  await page.goto('/');
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => document.activeElement?.textContent.trim());
    if (name === 'Just show me') break;
  }
  await page.keyboard.press('Enter');
  await expect(plugOf(page)).toBeVisible({ timeout: 90_000 });
  await plugOf(page).focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'All scenarios' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Scenario' })).toBeFocused();
  await expect(page.getByRole('article')).toHaveCount(5);
});

test('every term of the first minute can be asked', async ({ page }) => {
  await page.goto('/');
  const lines = await page.locator('.mechanism').allInnerTexts();
  expect(lines.length).toBe(2);
  for (const line of lines) {
    const terms = line.split('·').map((term) => term.trim());
    expect(terms.filter((term) => explained(term) === undefined)).toEqual([]);
  }
  await page.getByRole('button', { name: 'staged in RAM' }).click();
  await expect(page.getByRole('dialog', { name: 'staged in RAM' })).toContainText('memory');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'staged in RAM' })).toBeFocused();
});
