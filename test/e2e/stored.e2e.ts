import { expect, test } from '@playwright/test';
import {
  accessibilityDefects,
  complaintsOf,
  expectNoSidewaysScroll,
  link,
  plugOf,
  waitForVerdicts,
} from './laboratory-page.ts';

test('the disk: unfolded, read by keyboard, down to a file', async ({ page, baseURL }) => {
  test.slow();
  const complaints = complaintsOf(page, baseURL ?? '');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  await page.getByText('What is stored: the disk, file by file').click();
  const tree = page.getByRole('treegrid', { name: 'Files of Debian' });
  await expect(tree).toBeVisible();
  await expect(page.getByText(/^If the power fails at 0:00\.70:/i)).toBeVisible();

  await tree.focus();
  const before = await tree.getByRole('row').count();
  await tree.press('End');
  const active = () => tree.locator('[aria-selected=true]');
  await expect(active()).toContainText('root partition');
  await tree.press('ArrowRight');
  await expect(active()).toHaveAttribute('aria-expanded', 'true');
  expect(await tree.getByRole('row').count()).toBeGreaterThan(before);
  await tree.press('ArrowRight');
  await expect(active()).toHaveAttribute('aria-level', '2');
  const id = await active().getAttribute('id');
  await expect(tree).toHaveAttribute('aria-activedescendant', id ?? 'none');
  await tree.press('ArrowLeft');
  await tree.press('ArrowLeft');
  await expect(active()).toHaveAttribute('aria-expanded', 'false');
  await tree.press('Home');
  await expect(active()).toContainText('EFI system partition');
  await tree.press('ArrowRight');

  // However much is unfolded, only what is in view is drawn.
  await page.getByLabel('Only what is not as before').check();
  await expect(tree).toBeVisible();
  expect(await tree.getByRole('row').count()).toBeLessThan(60);
  expect(await accessibilityDefects(page)).toEqual([]);

  // Another instant is asked for when the plug has come to rest.
  await plugOf(page).press('Home');
  await expect(page.getByText(/^If the power fails at 0:00\.00:/i)).toBeVisible();
  expect(complaints).toEqual([]);
});

test('from a why to the operations behind it, and to the disk of that machine', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  await page.getByRole('button', { name: 'Why? Fedora Silverblue' }).click();
  const why = page.getByRole('dialog');
  await why.getByText('The operations behind it').click();
  const rows = why.getByRole('row');
  await expect(rows.nth(20)).toBeVisible();
  await why.getByRole('searchbox').fill('fsync');
  await expect(why.getByRole('cell', { name: /^fsync/ }).first()).toBeVisible();
  await expect(why.getByRole('cell', { name: /^write/ })).toHaveCount(0);
  expect(await accessibilityDefects(page)).toEqual([]);
  await why.getByRole('button', { name: 'What is stored' }).click();
  await expect(page.getByRole('treegrid', { name: 'Files of Fedora Silverblue' })).toBeVisible();
  await expect(page.getByLabel('Machine', { exact: true })).toBeFocused();
});

test('the disk on a screen of 320 pixels, in the dark', async ({ page }) => {
  test.slow();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await page.goto(link('at=0.7'));
  await waitForVerdicts(page);
  await page.getByText('What is stored: the disk, file by file').click();
  await expect(page.getByRole('treegrid')).toBeVisible();
  await expectNoSidewaysScroll(page);
  expect(await accessibilityDefects(page)).toEqual([]);
});
