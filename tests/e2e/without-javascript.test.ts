// Cardinal for somebody whose browser runs no scripts: the log-in and the filters are forms, cards are there, and waiting is the server's.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, type Person, run, shareWith } from './dashboards';
import { orderFilters, orders, sumOf } from './orders';
import { cardText, pageOf } from './people';

const product = inject('product');
const TOTAL = `Total ${run}`;
const SLOW = `Slow ${run}`;
const TOTAL_CODE = `def render(dataset, filters, params):
    return f"{len(dataset)} orders, {dataset['amount'].sum()} in all"
`;
const FAILS = `Fails ${run}`;
const FAILS_CODE = 'def render(dataset, filters, params):\n    raise ValueError("secret")\n';
const SLOW_CODE = `import time
def render(dataset, filters, params):
    time.sleep(2)
    return f"{dataset['day'].nunique()} days"
`;

let browser: Browser;
let viewer: Person;
let url: string;
let page: Page;

beforeAll(async () => {
	const owner = await newPerson(product, 'oscar');
	viewer = await newPerson(product, 'nora');
	const cards = [
		{ name: TOTAL, code: TOTAL_CODE },
		{ name: SLOW, code: SLOW_CODE },
		{ name: FAILS, code: FAILS_CODE },
	];
	const { path, dashboardId } = await makeDashboard(owner, {
		name: `Plain ${run}`,
		datasetId: await importOrders(owner),
		cards,
		filters: orderFilters,
	});
	await shareWith(owner, dashboardId, viewer);
	url = product.url + path;
	browser = await launchChromium();
	page = await pageOf(browser, product.url, viewer, { javaScriptEnabled: false });
});
afterAll(() => browser?.close());

test('cards that nobody has run are offered by a link, which answers once all of them are there', async () => {
	await page.goto(url);
	expect(await cardText(page, TOTAL)).toBe('');
	await page.getByRole('link', { name: 'Show all cards' }).click();
	await page.waitForURL(`${url}?render=wait`);
	expect(await cardText(page, TOTAL)).toBe(`600 orders, ${sumOf(orders)} in all`);
	expect(await cardText(page, SLOW)).toBe('60 days');
});

test('cards that have been run stand in the page at once', async () => {
	await page.goto(url);
	expect(await cardText(page, TOTAL)).toBe(`600 orders, ${sumOf(orders)} in all`);
	expect(await cardText(page, SLOW)).toBe('60 days');
});

test('filters are a form that asks for the page anew', async () => {
	await page.goto(`${url}?render=wait`);
	const form = page.getByRole('form', { name: 'Filters' });
	await form.getByLabel('Region').selectOption(['East', 'North']);
	await form.getByLabel('From').fill('2024-01-01');
	await form.getByLabel('To').fill('2024-01-15');
	await form.getByRole('button', { name: 'Apply' }).click();
	await page.waitForURL(/f\.region=East/);
	expect(new URL(page.url()).searchParams.getAll('f.region')).toEqual(['East', 'North']);
	const left = orders.filter(({ region, day }) => region !== 'South' && day <= '2024-01-15');
	expect(await cardText(page, TOTAL)).toBe(`${left.length} orders, ${sumOf(left)} in all`);
	expect(await cardText(page, SLOW)).toBe(`${new Set(left.map(({ day }) => day)).size} days`);
	const chosen = await form.getByLabel('Region').locator('option:checked').allInnerTexts();
	expect(chosen).toEqual([expect.stringMatching(/^East/), expect.stringMatching(/^North/)]);
});

test('a card that fails says so in its place, and no more than that', async () => {
	await page.goto(`${url}?render=wait`);
	expect(await cardText(page, FAILS)).not.toBe('');
	expect(await page.content()).not.toMatch(/secret|Traceback/);
});

test('somebody logs in by the form, whose password stands in no address', async () => {
	const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US' });
	const loggedOut = await context.newPage();
	const addresses: string[] = [];
	loggedOut.on('request', (request) => addresses.push(request.url()));
	const logIn = async (password: string) => {
		await loggedOut.getByLabel('Email').fill(viewer.email);
		await loggedOut.getByLabel('Password', { exact: true }).fill(password);
		await loggedOut.getByRole('button', { name: 'Log in' }).click();
	};
	await loggedOut.goto(url);
	await loggedOut.waitForURL(/\/login\?next=/);
	await logIn('wrong-Horse-7');
	await loggedOut.getByText('Email or password is wrong.').waitFor();
	expect(await loggedOut.getByLabel('Email').inputValue()).toBe(viewer.email);
	await logIn(viewer.password);
	await loggedOut.waitForURL(url);
	expect(await cardText(loggedOut, TOTAL)).toContain('orders');
	const [session] = (await context.cookies()).filter(({ name }) => name === 'cardinal_session');
	expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
	expect(addresses.filter((address) => /password|Horse/.test(address))).toEqual([]);
	await context.close();
});
