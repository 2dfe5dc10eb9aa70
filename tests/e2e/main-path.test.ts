// The whole way, as its people go it: a file becomes a dataset, a card, a dashboard with filters, shared, seen, unshared.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { orders, ordersCsv, sumOf } from './orders';
import { cardText, costOf, expectCard, hydrated, logInAs } from './people';

const product = inject('product');
const run = Date.now().toString(36);
const editorAccount = { email: `editor-${run}@example.com`, name: `Edith ${run}`, password: 'Editor-password-1' };
const viewerAccount = { email: `viewer-${run}@example.com`, name: `Vic ${run}`, password: 'Viewer-password-1' };
const TOTAL = `Total ${run}`;
const DAYS = `Days ${run}`;
const TOTAL_CODE = `def render(dataset, filters, params):
    return f"{len(dataset)} orders, {dataset['amount'].sum()} in all"
`;
const DAYS_CODE = `def render(dataset, filters, params):
    return HTMLResult(f"{dataset['day'].nunique()} days", filter_applicable=["day"])
`;

let browser: Browser;
let editor: Page;
let dashboardUrl: string;

beforeAll(async () => {
	const { api } = await logIn(product.url, product.admin);
	for (const account of [editorAccount, viewerAccount]) await api('POST', '/users', account);
	browser = await launchChromium();
	editor = await logInAs(browser, product.url, editorAccount);
});
afterAll(() => browser?.close());

test('an editor uploads a CSV, sees what was detected and imports it', async () => {
	await editor.goto(`${product.url}/datasets/new`);
	await hydrated(editor);
	await editor
		.locator('input[type=file]')
		.setInputFiles({ name: `orders_${run}.csv`, mimeType: 'text/csv', buffer: Buffer.from(ordersCsv) });
	await editor.getByRole('button', { name: 'Type of day: date' }).waitFor();
	await editor.getByRole('button', { name: 'Type of amount: int64' }).waitFor();
	await editor.getByRole('button', { name: 'Import', exact: true }).click();
	await editor.getByRole('heading', { name: '600 rows imported' }).waitFor();
});

test('writes two cards and previews them', async () => {
	await editor.getByRole('link', { name: 'New card' }).click();
	await writeCard(TOTAL, TOTAL_CODE, `600 orders, ${sumOf(orders)} in all`);
	await editor.goto(`${product.url}/datasets`);
	await editor.getByRole('link', { name: `orders_${run}` }).click();
	await editor.waitForURL(/\/datasets\/ds_\w+$/);
	const datasetId = editor.url().split('/').pop();
	await editor.goto(`${product.url}/cards/new?dataset=${datasetId}`);
	await writeCard(DAYS, DAYS_CODE, '60 days');
});

test('puts them on a dashboard with two filters', async () => {
	await editor.goto(`${product.url}/dashboards`);
	await hydrated(editor);
	await editor.getByRole('button', { name: 'New dashboard' }).first().click();
	await editor.getByRole('dialog').getByLabel('Name').fill(`Orders ${run}`);
	await editor.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
	await editor.waitForURL(/\/dashboards\/dash_\w+\/edit$/);
	for (const name of [TOTAL, DAYS]) await editor.getByRole('button', { name: `Add ${name}` }).click();
	await editor.getByRole('tab', { name: /Filters/ }).click();
	for (const column of ['region', 'day']) {
		await editor.getByRole('button', { name: 'Add a filter' }).click();
		await editor.getByRole('menuitem', { name: new RegExp(`^${column}\\b`) }).click();
	}
	await editor.getByRole('button', { name: 'Done' }).click();
	await editor.waitForURL(/\/dashboards\/dash_\w+$/);
	dashboardUrl = editor.url();
	await expectCard(editor, TOTAL, `600 orders, ${sumOf(orders)} in all`);
	await expectCard(editor, DAYS, '60 days');
});

test('shares it, and the viewer sees the same numbers from the cache in another browser', async () => {
	await editor.getByRole('button', { name: 'Share' }).click();
	await editor.getByRole('combobox', { name: 'Add people or groups by name or email' }).fill(viewerAccount.email);
	await editor.getByRole('option', { name: viewerAccount.name }).click();
	await editor.getByRole('button', { name: `Share with ${viewerAccount.name}` }).click();
	await editor.getByLabel(`Permission of ${viewerAccount.name}`).waitFor();

	const viewer = await logInAs(browser, product.url, viewerAccount);
	const first = await costOf(viewer.context(), dashboardUrl);
	expect(first).toMatchObject({ status: 200, calls: { dynamo: 1, exec: 0 } });
	const next = await costOf(viewer.context(), dashboardUrl);
	expect(next.calls).toMatchObject({ dynamo: 0, s3: 0, kv: 0, exec: 0 });

	await viewer.goto(dashboardUrl);
	await expectCard(viewer, TOTAL, `600 orders, ${sumOf(orders)} in all`);
	await viewer.context().close();
});

test('a filter changes the cards it applies to and no other', async () => {
	const viewer = await logInAs(browser, product.url, viewerAccount);
	await viewer.goto(dashboardUrl);
	await hydrated(viewer);
	await expectCard(viewer, DAYS, '60 days');
	await markFrame(viewer, DAYS);

	await viewer.getByRole('button', { name: /^region/ }).click();
	await viewer
		.getByRole('checkbox', { name: /North/ })
		.or(viewer.getByRole('radio', { name: /North/ }))
		.check();
	const north = orders.filter((one) => one.region === 'North');
	await expectCard(viewer, TOTAL, `${north.length} orders, ${sumOf(north)} in all`);
	expect(await cardText(viewer, DAYS)).toBe('60 days');
	expect(await isMarked(viewer, DAYS), 'the frame of the other card is untouched').toBe(true);
	expect(viewer.url()).toContain('North');

	await viewer.keyboard.press('Escape');
	await viewer.getByRole('button', { name: /^day/ }).click();
	await viewer.getByLabel('From').fill('2024-01-01');
	await viewer.getByLabel('To', { exact: true }).fill('2024-01-15');
	await viewer.keyboard.press('Escape');
	const early = north.filter((one) => one.day <= '2024-01-15');
	await expectCard(viewer, TOTAL, `${early.length} orders, ${sumOf(early)} in all`);
	await expectCard(viewer, DAYS, '15 days');

	await viewer.goBack();
	await expectCard(viewer, DAYS, '60 days');
	await viewer.context().close();
});

test('the editor takes the access away, and the viewer is refused', async () => {
	const viewer = await logInAs(browser, product.url, viewerAccount);
	await viewer.goto(dashboardUrl);
	await expectCard(viewer, DAYS, '60 days');
	await editor.getByRole('button', { name: `Remove access of ${viewerAccount.name}` }).click();
	await expect.poll(async () => (await costOf(viewer.context(), dashboardUrl)).status, { timeout: 15_000 }).toBe(404);
	await viewer.context().close();
});

/** Fills the editor that is open, runs the code, looks at the result and saves. */
async function writeCard(name: string, code: string, result: string) {
	await hydrated(editor);
	await editor
		.getByRole('button', { name: 'Untitled card' })
		.or(editor.getByRole('textbox', { name: 'Untitled card' }))
		.first()
		.click();
	await editor.keyboard.press('ControlOrMeta+a');
	await editor.keyboard.type(name);
	await editor.keyboard.press('Enter');
	await editor.getByRole('textbox', { name: 'Code' }).fill(code);
	await editor.getByRole('button', { name: /^Run/ }).click();
	const frame = editor.getByRole('region', { name: 'Result' }).locator('iframe').contentFrame();
	await expect
		.poll(
			() =>
				frame
					.locator('body')
					.innerText()
					.catch(() => ''),
			{ timeout: 30_000 },
		)
		.toContain(result);
	await editor.getByRole('button', { name: 'Save' }).click();
	await editor.waitForURL(/\/cards\/card_\w+$/);
}

function markFrame(page: Page, name: string) {
	return page
		.getByRole('region', { name })
		.locator('iframe')
		.evaluate((frame) => Object.assign(frame, { marked: frame.getAttribute('srcdoc') }));
}

function isMarked(page: Page, name: string) {
	return page
		.getByRole('region', { name })
		.locator('iframe')
		.evaluate((frame) => (frame as { marked?: string | null }).marked === frame.getAttribute('srcdoc'));
}
