import { expect, test, type Page } from '@playwright/test';
import { complaintsOf, link, waitForVerdicts } from './laboratory-page.ts';

async function writeOwn(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('button', { name: 'Your own scenario …' }).click();
  await page.getByRole('textbox', { name: 'Scenario, in YAML' }).fill(text);
}

test('a mangled link says what is wrong and shows what it can', async ({ page, baseURL }) => {
  const complaints = complaintsOf(page, baseURL ?? '');
  await page.goto(link('on=fedora-silverblue,beos&at=soon&seed=minus&<script>alert(1)</script>=x'));
  const notice = page.getByRole('group', { name: 'About this link' });
  await expect(notice).toContainText('There is no machine “beos”');
  await expect(notice).toContainText('“soon” is not a time');
  await expect(notice).toContainText('“minus” is not a seed');
  await expect(notice).toContainText('means nothing in a link');
  await waitForVerdicts(page, 1);
  await notice.getByRole('button', { name: 'Hide' }).click();
  await expect(notice).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('a link to nothing leaves a page that can be used', async ({ page }) => {
  await page.goto('/#v=1&scenario=power-loss-updat&on=debian,fedora-silverblue');
  await expect(page.getByText('There is no scenario “power-loss-updat” here')).toBeVisible();
  await page.getByRole('button', { name: 'Just show me' }).click();
  await waitForVerdicts(page);
});

test('a run id opens the run that it names; a mangled or outdated one says so', async ({
  page,
}) => {
  await page.goto(link('', 'unsaved-thesis'));
  await waitForVerdicts(page);
  const id = await page.getByRole('link', { name: /^w\d+\./ }).innerText();
  await page.goto(`/#run=${id}`);
  await waitForVerdicts(page);
  await expect(page.getByRole('group', { name: 'About this link' })).toHaveCount(0);
  expect(new URL(page.url()).hash).toContain('scenario=unsaved-thesis');

  const notice = page.getByRole('group', { name: 'About this link' });
  await page.goto(`/#run=${id.slice(0, -1)}`);
  await expect(notice).toContainText('incomplete or was changed');
  await page.goto('/#run=nonsense');
  await expect(notice).toContainText('does not name a run');
  await page.goto(`/#run=${id.replace(/^w\d+/, 'w999')}`);
  await expect(notice).toContainText('another version of the laboratory');
});

const mistakes: readonly [string, string, RegExp][] = [
  ['a wrong key', 'id: x\ntitle: X\nstepz: []\n', /stepz/],
  ['a tab', 'id: x\nsteps:\n\t- run: ls\n', /tab/i],
  ['an unquoted colon', 'id: x\ntitle: one: two\n', /:/],
  ['not even YAML', '{{{{', /./],
  ['a bomb', `a: &a [x]\n${Array.from({ length: 40 }, () => 'b: [*a, *a]').join('\n')}\n`, /./],
];
for (const [what, text, complaint] of mistakes) {
  test(`${what} in a scenario of one’s own is shown with its place`, async ({ page }) => {
    await page.goto('/#v=1&on=debian,fedora-silverblue');
    await writeOwn(page, text);
    const dialog = page.getByRole('dialog', { name: 'Your own scenario' });
    await expect(
      dialog.getByRole('button', { name: /^Line \d+, column \d+$/ }).first(),
    ).toBeVisible();
    await expect(dialog.getByRole('list')).toContainText(complaint);
    await expect(dialog.getByRole('button', { name: 'Run it' })).toBeDisabled();
  });
}

const tenMegabytes = `${'a'.repeat(100_000)}: b\n`.repeat(100);

test('a file of ten megabytes is refused, and the page lives on', async ({ page }) => {
  await page.goto('/#v=1&on=debian,fedora-silverblue');
  await writeOwn(page, '');
  const dialog = page.getByRole('dialog', { name: 'Your own scenario' });
  const buffer = Buffer.from(tenMegabytes);
  await dialog
    .getByLabel('Open a file')
    .setInputFiles({ name: 'huge.yaml', mimeType: 'text/yaml', buffer });
  await expect(dialog.getByRole('listitem').first()).toContainText('large');
  await expect(page.getByRole('textbox', { name: 'Scenario, in YAML' })).toHaveValue('');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Just show me' }).click();
  await waitForVerdicts(page);
});

test('ten megabytes from the clipboard are refused before they are laid out', async ({ page }) => {
  await page.goto('/#v=1&on=debian,fedora-silverblue');
  await writeOwn(page, '');
  const area = page.getByRole('textbox', { name: 'Scenario, in YAML' });
  await area.evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', `${'a'.repeat(100_000)}: b\n`.repeat(100));
    const paste = { clipboardData, bubbles: true, cancelable: true };
    element.dispatchEvent(new ClipboardEvent('paste', paste));
  });
  const dialog = page.getByRole('dialog', { name: 'Your own scenario' });
  await expect(dialog.getByRole('listitem').first()).toContainText('large');
  await expect(area).toHaveValue('');
});

test('a shipped scenario can be changed and run', async ({ page }) => {
  await page.goto('/#v=1&on=debian,fedora-silverblue');
  await writeOwn(page, '');
  const dialog = page.getByRole('dialog', { name: 'Your own scenario' });
  await dialog.getByRole('button', { name: /^Start from/ }).click();
  await expect(dialog.getByText('It can be run.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Run it' }).click();
  await waitForVerdicts(page);
  await expect(page.getByRole('combobox', { name: 'Scenario' })).toHaveValue('own');
});

test('text of a scenario is text, never markup', async ({ page }) => {
  await page.goto('/#v=1&on=debian,fedora-silverblue');
  await writeOwn(page, '');
  const dialog = page.getByRole('dialog', { name: 'Your own scenario' });
  await dialog.getByRole('button', { name: /^Start from/ }).click();
  const area = page.getByRole('textbox', { name: 'Scenario, in YAML' });
  await expect(area).toHaveValue(/title:/);
  const text = await area.inputValue();
  await area.fill(text.replace(/^title: .*$/m, 'title: "<img src=x onerror=alert(1)><b>bold</b>"'));
  await expect(dialog.getByText('It can be run.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Run it' }).click();
  await waitForVerdicts(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    '<img src=x onerror=alert(1)><b>bold</b>',
  );
});

test('a worker that dies is replaced, and the page says so', async ({ page }) => {
  await page.addInitScript(() => {
    const Original = Worker;
    const alive: Worker[] = [];
    window.Worker = class extends Original {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        alive.push(this);
      }
    };
    addEventListener('kill-worker', () => {
      alive.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    });
  });
  await page.goto('/#v=1&on=debian,fedora-silverblue');
  await page.evaluate(() => dispatchEvent(new Event('kill-worker')));
  await expect(page.getByRole('group', { name: 'The run failed' })).toContainText('out of memory');
  await page.getByRole('banner').getByRole('button', { name: /^Run/ }).click();
  await waitForVerdicts(page);
  await expect(page.getByRole('group', { name: 'The run failed' })).toHaveCount(0);
});
