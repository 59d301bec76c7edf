/** What the browser tests do again and again. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** A fragment that names a run, of the two machines that everybody knows unless it names others. */
export function link(more = '', scenario = 'power-loss-update'): string {
  const machines = more.includes('on=') ? '' : '&on=debian,fedora-silverblue';
  return `/#v=1&scenario=${scenario}${machines}${more === '' ? '' : `&${more}`}`;
}

/** All five machines. */
export const allMachines = 'on=debian,fedora-silverblue,vanilla-os,opensuse-microos,nixos';

/** The plug. */
export const plugOf = (page: Page): Locator => page.getByRole('slider', { name: 'When the power' });

/** The card of a machine. */
export const cardOf = (page: Page, name: string): Locator => page.getByRole('article', { name });

/** Waits until every machine has its verdict. */
export async function waitForVerdicts(page: Page, machines = 2): Promise<void> {
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('button', { name: /^Why\?/ })).toHaveCount(machines);
}

/** The verdicts on the cards, in order. */
export async function verdicts(page: Page): Promise<string[]> {
  const texts = await page.locator('article .verdict').allInnerTexts();
  return texts.map((text) => text.trim());
}

/** Everything the browser complains about, and every request that leaves the page's own origin. */
export function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(origin) && !/^(data|blob):/.test(address)) complaints.push(address);
  });
  return complaints;
}

/** Defects of accessibility that a program can find, WCAG 2.2 AA and good practice. */
export async function accessibilityDefects(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, help, nodes }) => {
    return `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`;
  });
}

/** The page must never scroll sideways as a whole. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const sizes = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(sizes[0], 'width of the content').toBeLessThanOrEqual(sizes[1] ?? 0);
}
