// How editors divide their width between code and result.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, newPerson, type Person } from './dashboards';
import { hydrated, pageOf } from './people';

/** Letters of a line of code that are in sight beside an open sidebar. */
const LETTERS = 65;

const product = inject('product');
let browser: Browser;
let person: Person;
let page: Page;

beforeAll(async () => {
	person = await newPerson(product, 'sven');
	browser = await launchChromium();
	page = await pageOf(browser, product.url, person);
	await page.addInitScript(() => {
		const seen = Object.assign(window, { shift: 0 });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	await page.goto(`${product.url}/cards/new?dataset=${await importOrders(person)}`);
	await hydrated(page);
});
afterAll(() => browser?.close());

const code = () => page.getByRole('region', { name: 'Code' });
const line = () => page.getByRole('separator', { name: 'Width of the code' });

test('beside an open sidebar a line of code has room for its letters', async () => {
	await page.locator('.cm-content').waitFor();
	const [{ width }, gutters] = [await boxOf(code()), await boxOf(page.locator('.cm-gutters'))];
	const letter = await page.evaluate(() => {
		const text = document.createRange();
		text.selectNodeContents(document.querySelector('.cm-line') as Element);
		return text.getBoundingClientRect().width / text.toString().length;
	});
	expect((width - gutters.width) / letter).toBeGreaterThanOrEqual(LETTERS);
});

test('the line between them follows the arrow keys and keeps to its bounds', async () => {
	const { width } = await boxOf(code());
	await line().press('ArrowLeft');
	expect((await boxOf(code())).width).toBeLessThan(width);
	await line().press('End');
	await line().press('ArrowRight');
	expect(await line().getAttribute('aria-valuenow')).toBe(await line().getAttribute('aria-valuemax'));
});

test('it is dragged over the frame of the result too, and stays there on the next visit, with nothing moving', async () => {
	const { x, y, height } = await boxOf(line());
	await page.mouse.move(x + 4, y + height / 3);
	await page.mouse.down();
	await page.mouse.move(x - 100, y + height / 3);
	await page.mouse.move(x - 200, y + height / 3);
	await page.mouse.up();
	const { width } = await boxOf(code());
	expect(Math.abs((await boxOf(line())).x - (x - 204))).toBeLessThan(12);

	await page.reload();
	await hydrated(page);
	await page.locator('.cm-content').waitFor();
	expect((await boxOf(code())).width).toBe(width);
	expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
});

async function boxOf(locator: Locator) {
	const box = await locator.boundingBox();
	if (!box) throw new Error('not in sight');
	return box;
}
