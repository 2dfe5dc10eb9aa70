// The form that the editor makes of what a card's code declares, used with the keyboard, wide and on a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, run, type Person } from './dashboards';
import { hydrated, pageOf } from './people';

const product = inject('product');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RENDER = `
def render(dataset, filters, params):
    return "<p>" + " ".join(f"{name}={value!r}" for name, value in params.items()) + "</p>"
`;
const PARAMS = `PARAMS = {
    "top": {"type": "number", "label": "Bars", "help": "How many there are.", "default": 10, "min": 1, "max": 50, "step": 1},
    "month": {"type": "select", "label": "Month", "options": [[1, "January"], [2, "February"], "all"], "default": "all"},
    "since": {"type": "date", "label": "Since", "min": "2024-01-01"},
    "title": {"type": "text", "default": "Orders"},
}
`;
let browser: Browser;
let person: Person;
let datasetId: string;

beforeAll(async () => {
	person = await newPerson(product, 'paula');
	datasetId = await importOrders(person);
	browser = await launchChromium();
});
afterAll(() => browser?.close());

async function newCard(fields: object = {}): Promise<string> {
	const card = { name: `Params ${run}`, dataset_id: datasetId, code: PARAMS + RENDER, ...fields };
	return (await person.api('POST', '/cards', card)).card_id;
}

async function openCard(cardId: string, options?: BrowserContextOptions): Promise<Page> {
	const page = await pageOf(browser, product.url, person, options);
	await page.goto(`${product.url}/cards/${cardId}`);
	await hydrated(page);
	await page.locator('.cm-content').waitFor({ state: 'attached' });
	return page;
}

const resultOf = (page: Page) => page.locator('#pane-result iframe').contentFrame().locator('p').innerText();
const shows = (page: Page, text: string) =>
	expect.poll(() => resultOf(page).catch((error: Error) => error.message), { timeout: 30_000 }).toBe(text);

/** Writes other code in place of what stands in the editor. */
async function write(page: Page, code: string): Promise<void> {
	await page.locator('.cm-content').fill(code);
}

test('values are entered, tried, put back and saved with the keyboard alone', async () => {
	const cardId = await newCard();
	const page = await openCard(cardId);
	await shows(page, "top=10 month='all' since=None title='Orders'");
	expect(await page.getByRole('textbox', { name: 'Parameters' }).count()).toBe(0);

	const bars = page.getByRole('spinbutton', { name: 'Bars' });
	await bars.focus();
	await page.keyboard.press('ArrowDown');
	expect(await bars.inputValue()).toBe('9');
	await page.getByLabel('Month', { exact: true }).selectOption('February');
	await page.getByLabel('Since', { exact: true }).fill('2024-02-29');
	await page.getByLabel('title', { exact: true }).fill('Orders of 札幌');
	await page.keyboard.press('Control+Enter');
	await shows(page, "top=9 month=2 since='2024-02-29' title='Orders of 札幌'");

	await bars.focus();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	expect(await bars.inputValue()).toBe('10');
	expect(await bars.evaluate((input) => input === document.activeElement)).toBe(true);
	expect(await page.getByRole('button', { name: 'Reset Bars to its default' }).count()).toBe(0);

	await page.keyboard.press('Control+s');
	await page.getByText('Saved', { exact: true }).waitFor();
	const stored = { month: 2, since: '2024-02-29', title: 'Orders of 札幌' };
	expect(await person.api('GET', `/cards/${cardId}`)).toMatchObject({ params: stored });
	await page.reload();
	await shows(page, "top=10 month=2 since='2024-02-29' title='Orders of 札幌'");
	expect(await page.getByLabel('Since', { exact: true }).inputValue()).toBe('2024-02-29');
	await page.context().close();
});

test('a value that does not fit is told beside its field, and neither run nor saved', async () => {
	const page = await openCard(await newCard());
	await shows(page, "top=10 month='all' since=None title='Orders'");
	const bars = page.getByRole('spinbutton', { name: 'Bars' });
	for (const [typed, reason] of [
		['51', 'At most 50.'],
		['', 'Enter a number.'],
		['2.5', 'In steps of 1.'],
	] as const) {
		await bars.fill(typed);
		expect(await bars.getAttribute('aria-invalid')).toBe('true');
		const described = (await bars.getAttribute('aria-describedby'))!
			.split(' ')
			.map((id) => page.locator(`[id="${id}"]`));
		expect(await Promise.all(described.map((one) => one.innerText()))).toEqual(['How many there are.', reason]);
	}
	await page.keyboard.press('Control+Enter');
	await page.getByRole('tabpanel').getByText('Bars: In steps of 1.').waitFor();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Not saved: see the fields that are marked.').waitFor();
	await page.context().close();
});

test('the form follows the code as it is typed, and stays while that is half typed', async () => {
	const page = await openCard(await newCard());
	const more = PARAMS.replace('PARAMS = {', 'PARAMS = {\n    "colour": {"type": "text", "label": "Colour"},');
	await write(page, more + RENDER);
	await page.getByLabel('Colour', { exact: true }).fill('red');

	await write(page, more.replace('"type": "date"', '"type": "day"') + RENDER);
	const said = page.getByRole('status').filter({ hasText: 'since: The type must be text, number, select or date.' });
	await said.waitFor();
	expect(await page.getByLabel('Since', { exact: true }).count()).toBe(1);
	await said.getByRole('button', { name: 'line 5' }).click();
	expect(await page.locator('.cm-activeLine').innerText()).toContain('"since"');
	await page.keyboard.press('Control+Enter');
	await page.locator('.cm-lintRange-error').first().waitFor();

	await write(page, more.replace('"Colour"}', '"Colour"') + RENDER);
	await page.waitForTimeout(600);
	expect(await page.getByLabel('Colour', { exact: true }).inputValue()).toBe('red');

	await write(page, RENDER);
	const json = page.getByRole('textbox', { name: 'Parameters' });
	await json.waitFor();
	expect(JSON.parse(await json.inputValue())).toEqual({ colour: 'red' });
	await page.context().close();
});

test.each(['light', 'dark'] as const)(
	'on a phone, in Japanese, %s: accessible and within its window',
	async (colorScheme) => {
		const page = await openCard(await newCard({ params: { top: 50 } }), {
			viewport: { width: 390, height: 844 },
			colorScheme,
			locale: 'ja-JP',
		});
		await page.getByRole('tab', { name: '設定' }).click();
		const bars = page.getByRole('spinbutton', { name: 'Bars' });
		await bars.fill('99');
		await page.getByText('50 以下にしてください。').waitFor();
		await page.getByRole('button', { name: 'Bars を既定値に戻す' }).waitFor();
		await page.evaluate(AXE);
		const { violations } = await page.evaluate(() =>
			(globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ iframes: false }),
		);
		expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		await page.context().close();
	},
);

test('pages where no code is written load no parser of Python', async () => {
	const cardId = await newCard();
	const { path } = await makeDashboard(person, { name: `Parserless ${run}`, datasetId, cards: [] });
	const page = await pageOf(browser, product.url, person);
	const scripts: Promise<string>[] = [];
	page.on('response', (response) => response.url().endsWith('.js') && scripts.push(response.text()));
	/** A name of Python's grammar. */
	const parsers = async () => (await Promise.all(scripts)).filter((text) => text.includes('ContinuedString')).length;

	for (const place of [path, '/dashboards', '/cards', '/datasets', '/settings', `${path}/edit`]) {
		await page.goto(product.url + place);
		await hydrated(page);
		await page.waitForLoadState('networkidle');
	}
	expect(scripts.length).toBeGreaterThan(5);
	expect(await parsers()).toBe(0);
	await page.goto(`${product.url}/cards/${cardId}`);
	await page.locator('.cm-content').waitFor({ state: 'attached' });
	expect(await parsers()).toBe(1);
	await page.context().close();
});
