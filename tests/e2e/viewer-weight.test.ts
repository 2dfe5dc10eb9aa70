// What a dashboard's page costs those who only read it: requests, bytes, script, and no jump of the layout. Figures are gzipped, as
// an edge sends them.
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, type Person, run, shareWith } from './dashboards';
import { orderFilters } from './orders';
import { hydrated, pageOf } from './people';

const product = inject('product');
const KB = 1000;
const NAME = `Light ${run}`;
const COUNT = 'def render(dataset, filters, params):\n    return number(len(dataset), "orders")\n';

let browser: Browser;
let viewer: Person;
let url: string;
let context: BrowserContext;
let first: Visit;

beforeAll(async () => {
	const owner = await newPerson(product, 'walter');
	viewer = await newPerson(product, 'vera');
	const cards = [{ name: `Orders ${run}`, code: COUNT }];
	const datasetId = await importOrders(owner);
	const { path, dashboardId } = await makeDashboard(owner, { name: NAME, datasetId, cards, filters: orderFilters });
	await shareWith(owner, dashboardId, viewer);
	url = product.url + path;
	browser = await launchChromium();
	const page = await pageOf(browser, product.url, viewer);
	context = page.context();
	await context.request.get(`${url}?render=wait`);
	first = await visit(page, url);
});
afterAll(() => browser?.close());

test('a first visit takes four requests and little of the line', () => {
	expect(first.received.map(({ type }) => type).sort()).toEqual(['document', 'font', 'script', 'stylesheet']);
	expect(sizeOf(first)).toBeLessThanOrEqual(250 * KB);
});

test('its script stays within the budget', () => {
	expect(sizeOf(first, 'script')).toBeLessThanOrEqual(60 * KB);
});

test('a second visit asks for the page alone', async () => {
	const second = await visit(await context.newPage(), url);
	expect(second.received.map(({ type }) => type)).toEqual(['document']);
	expect(sizeOf(second)).toBeLessThanOrEqual(30 * KB);
});

test('nothing moves while the page gets ready, however late the font is', async () => {
	expect(first.shift).toBe(0);
	const page = await (await pageOf(browser, product.url, viewer)).context().newPage();
	await page.route('**/*.woff2', async (route) => {
		await new Promise((resolve) => setTimeout(resolve, 700));
		await route.continue();
	});
	expect((await visit(page, url)).shift).toBe(0);
});

test('from the list to a dashboard no code is loaded but what fills empty frames', async () => {
	const page = await pageOf(browser, product.url, viewer);
	await page.goto(`${product.url}/dashboards`);
	await hydrated(page);
	const scripts: string[] = [];
	page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
	await page.getByRole('link', { name: NAME }).click();
	await page.getByRole('heading', { name: NAME }).waitFor();
	await page.locator('iframe[data-kind="html"]').waitFor();
	expect(scripts.length).toBeLessThanOrEqual(1);
});

test('menus whose items load on demand answer to the keyboard', async () => {
	const page = await context.newPage();
	await page.goto(url);
	await hydrated(page);
	const menus = {
		[viewer.name]: `Account of ${viewer.name}`,
		More: 'More',
		[`Menu of Orders ${run}`]: `Menu of Orders ${run}`,
	};
	for (const [button, name] of Object.entries(menus)) {
		await page.getByRole('button', { name: button, exact: true }).press('Enter');
		const menu = page.getByRole('menu', { name, exact: true });
		await expect.poll(() => roleInFocus(page)).toMatch(/^menuitem/);
		await page.keyboard.press('End');
		expect(await roleInFocus(page)).toMatch(/^menuitem/);
		await page.keyboard.press('Escape');
		await menu.waitFor({ state: 'hidden' });
	}
});

interface Visit {
	/** What the server sent, in order; bytes gzipped. */
	received: { type: string; bytes: number }[];
	/** Sum of all layout shifts. */
	shift: number;
}

/** Opens an address and waits until the page is at rest. */
async function visit(page: Page, address: string): Promise<Visit> {
	await page.addInitScript(() => {
		const seen = Object.assign(window, { shift: 0 });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	const sent = await watchServer(page);
	await page.goto(address);
	await hydrated(page);
	await page.waitForTimeout(1000);
	const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift);
	const received = sent.map(async ({ type, url: from }) => ({ type, bytes: await weigh(page, from) }));
	return { received: await Promise.all(received), shift };
}

/** Grows by every response that came from the server and not from the browser's cache. */
async function watchServer(page: Page): Promise<{ type: string; url: string }[]> {
	const sent: { type: string; url: string }[] = [];
	const cached = new Set<string>();
	const devtools = await page.context().newCDPSession(page);
	devtools.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId));
	devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
		const kept = response.fromDiskCache || cached.has(requestId);
		if (!kept && response.url.startsWith('http')) sent.push({ type: type.toLowerCase(), url: response.url });
	});
	await devtools.send('Network.enable');
	return sent;
}

async function weigh(page: Page, from: string): Promise<number> {
	const response = await page.context().request.get(from, { headers: { accept: '*/*' } });
	return gzipSync(await response.body()).length;
}

function sizeOf({ received }: Visit, type?: string): number {
	return received.filter((one) => !type || one.type === type).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The role of what has the focus. */
function roleInFocus(page: Page) {
	return page.evaluate(() => document.activeElement?.getAttribute('role'));
}
