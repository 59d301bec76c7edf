import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

test('the built page loads quietly, from its own origin, in at most six requests', async ({
  page,
  baseURL,
}) => {
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForLoadState('networkidle');

  // A security policy that the page breaks is reported as a console error too.
  expect(complaints).toEqual([]);
  const web = requests.filter((address) => !address.startsWith('data:'));
  expect(web.filter((address) => !address.startsWith(`${baseURL}/`))).toEqual([]);
  expect(web.length, web.join('\n')).toBeLessThanOrEqual(6);
});

test('the first view has no accessibility defect that a program can find', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length})`)).toEqual([]);
});
