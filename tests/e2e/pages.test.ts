// Every page, wide and on a phone, light and dark, in both languages: nothing for axe to find, nothing on the console, nothing
// that sticks out.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { logIn } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { axeFindings } from './axe';
import { importOrders, makeDashboard, newPerson, type Person, run } from './dashboards';
import { orderFilters } from './orders';
import { hydrated, pageOf } from './people';

const product = inject('product');
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** Pages by name; `{…}` stands for an id of the author's own things. */
const PAGES = {
	'log-in': '/login',
	'one-time link': '/reset#user=user_0000000000000000&token=none',
	home: '/',
	dashboards: '/dashboards',
	dashboard: '/dashboards/{dashboard}',
	'dashboard editor': '/dashboards/{dashboard}/edit',
	datasets: '/datasets',
	dataset: '/datasets/{dataset}',
	'new dataset': '/datasets/new',
	cards: '/cards',
	card: '/cards/{card}',
	'new card': '/cards/new',
	transforms: '/transforms',
	transform: '/transforms/{transform}',
	'new transform': '/transforms/new',
	settings: '/settings',
	users: '/users',
	groups: '/groups',
	group: '/groups/{group}',
	'audit log': '/audit',
	'dashboard views': '/audit/views',
	'views of a dashboard': '/dashboards/{dashboard}/views',
	'nothing there': '/dashboards/dash_0000000000000000',
};
type PageName = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as PageName[];
const OUTSIDE = new Set<PageName>(['log-in', 'one-time link']);
const ADMINISTRATIVE = new Set<PageName>(['users', 'groups', 'group', 'audit log', 'dashboard views']);

let browser: Browser;
let author: Person;
let adminToken: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
	author = await newPerson(product, 'paula');
	const admin = await logIn(product.url, product.admin);
	adminToken = admin.token;
	const group = await admin.api('POST', '/groups', { name: `Pages ${run}` });
	await admin.api('POST', `/groups/${group.id}/members`, { user_id: author.userId });
	const datasetId = await importOrders(author);
	const cards = [
		{
			name: `Days ${run}`,
			code: 'def render(dataset, filters, params):\n    return number(dataset["day"].nunique(), "days")\n',
		},
		{
			name: `Regions ${run}`,
			code: 'def render(dataset, filters, params):\n    return dataset.groupby("region")["amount"].sum().reset_index()\n',
		},
		{
			name: `Bars ${run}`,
			code: 'def render(dataset, filters, params):\n    return px.bar(dataset.groupby("region", as_index=False)["amount"].sum(), x="region", y="amount")\n',
		},
	];
	const { dashboardId, cardIds } = await makeDashboard(author, {
		name: `Pages ${run}`,
		datasetId,
		cards,
		filters: orderFilters,
	});
	const transform = await author.api('POST', '/transforms', {
		name: `Sums ${run}`,
		code: 'def transform(inputs, params):\n    return next(iter(inputs.values()))\n',
		input_dataset_ids: [datasetId],
		schedule: '*/10 8-18 * * 1-5',
	});
	Object.assign(ids, {
		transform: transform.transform_id,
		group: group.id,
		dataset: datasetId,
		dashboard: dashboardId,
		card: Object.values(cardIds)[0],
	});
	browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each([
	{ size: 'wide', colorScheme: 'light' },
	{ size: 'wide', colorScheme: 'dark' },
	{ size: 'phone', colorScheme: 'light' },
	{ size: 'phone', colorScheme: 'dark' },
] as const)('$size, $colorScheme', ({ size, colorScheme }) => {
	test.each(NAMES)('%s is accessible, quiet and no wider than its window', async (name) => {
		const { page, said } = await open(name, { viewport: SIZES[size], colorScheme });
		expect(await axeFindings(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		expect(said).toEqual([]);
		await page.context().close();
	});
});

describe('in Japanese', () => {
	const english = stringsThatDiffer();

	test.each(NAMES)('%s has no English left', async (name) => {
		const { page } = await open(name, { locale: 'ja-JP' });
		expect(await page.locator('html').getAttribute('lang')).toBe('ja');
		expect((await shownStrings(page)).filter((text) => english.has(text))).toEqual([]);
		await page.context().close();
	});
});

test('somebody logs in with the keyboard alone', async () => {
	const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
	await page.goto(`${product.url}/login`);
	await hydrated(page);
	const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
	for (let tabs = 0; tabs < 5 && (await focused()) !== 'email'; tabs++) await page.keyboard.press('Tab');
	await page.keyboard.type(author.email);
	await page.keyboard.press('Tab');
	expect(await focused()).toBe('password');
	await page.keyboard.type(author.password);
	await page.keyboard.press('Enter');
	await page.waitForURL(`${product.url}/`);
	await page.context().close();
});

test('a search that finds nothing leads back to the list, or on to a dashboard of that name', async () => {
	const { page } = await open('dashboards', {});
	const search = page.getByRole('searchbox', { name: 'Search dashboards' });
	await search.fill('zzz');
	await page.getByRole('button', { name: 'New dashboard “zzz”' }).click();
	await expect.poll(() => page.getByRole('dialog').getByRole('textbox').inputValue()).toBe('zzz');
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Clear search' }).click();
	await page.getByRole('link', { name: `Pages ${run}`, exact: true }).waitFor();
	expect(await search.inputValue()).toBe('');
	await page.context().close();
});

test('what uses a dataset is told before anybody tries to delete it', async () => {
	const { page } = await open('dataset', {});
	await page.getByRole('button', { name: 'More', exact: true }).click();
	await page.getByRole('menuitem', { name: 'Delete' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByText(`Regions ${run}`).waitFor();
	expect(await dialog.getByText(`Sums ${run}`).count()).toBe(1);
	expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
	await page.context().close();
});

test('so is what has come or gone since its page was opened, and no column is counted for that', async () => {
	const datasetId = await importOrders(author);
	const page = await pageOf(browser, product.url, author);
	let counts = 0;
	page.on('request', (request) => (counts += Number(request.url().includes('datasets.values'))));
	await page.goto(`${product.url}/datasets/${datasetId}`);
	await hydrated(page);
	await page.waitForLoadState('networkidle');
	const counted = counts;
	expect(counted).toBeGreaterThan(0);
	const fields = {
		name: `Late ${run}`,
		dataset_id: datasetId,
		code: 'def render(dataset, filters, params):\n    return ""\n',
	};
	const { card_id: cardId } = await author.api('POST', '/cards', fields);
	const dialog = page.getByRole('dialog');
	const button = dialog.getByRole('button', { name: 'Delete' });
	const ask = async () => {
		await page.getByRole('button', { name: 'More', exact: true }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
	};
	await ask();
	await dialog.getByText(`Late ${run}`).waitFor();
	expect(await button.isDisabled()).toBe(true);
	await page.keyboard.press('Escape');
	await author.api('DELETE', `/cards/${cardId}`);
	await ask();
	await expect.poll(() => button.isEnabled()).toBe(true);
	expect(counts).toBe(counted);
	await page.context().close();
});

/** Opens a page as whoever may see it and waits until nothing is on its way. `said`: errors and refused loads. */
async function open(name: PageName, options: BrowserContextOptions): Promise<{ page: Page; said: string[] }> {
	const token = ADMINISTRATIVE.has(name) ? adminToken : OUTSIDE.has(name) ? 'none' : author.token;
	const page = await pageOf(browser, product.url, { token }, { reducedMotion: 'reduce', ...options });
	const said: string[] = [];
	page.on('pageerror', (error) => said.push(error.message));
	page.on('console', (message) => {
		const isOwnStatus = name === 'nothing there' && message.text().includes('404');
		if (['error', 'warning'].includes(message.type()) && !isOwnStatus) said.push(message.text());
	});
	await page.goto(product.url + PAGES[name].replace(/\{(\w+)\}/, (_, key: string) => ids[key] ?? ''));
	await hydrated(page);
	await page.waitForLoadState('networkidle');
	await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
	return { page, said };
}

/** Lines, labels and hints that a reader meets on the page. */
function shownStrings(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const named = ['aria-label', 'title', 'placeholder'].flatMap((attribute) =>
			[...document.querySelectorAll(`[${attribute}]`)].map((element) => element.getAttribute(attribute) ?? ''),
		);
		return [...document.body.innerText.split('\n'), ...named].map((text) => text.trim()).filter(Boolean);
	});
}

/** English messages without a variable part that read differently in Japanese. */
function stringsThatDiffer(): Set<string> {
	const { 'plugin.inlang.messageFormat': format } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8'));
	const pairs = (format.pathPattern as string[]).flatMap((pattern) => {
		const [en, ja] = ['en', 'ja'].map((locale) =>
			JSON.parse(readFileSync(pattern.replace('{locale}', locale), 'utf8')),
		);
		return Object.entries(en).map(([key, text]) => [text, ja[key]]);
	});
	return new Set(
		pairs
			.filter(([text, other]) => typeof text === 'string' && text !== other && !text.includes('{'))
			.map(([text]) => text as string),
	);
}
