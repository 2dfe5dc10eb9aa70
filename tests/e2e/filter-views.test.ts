// The views menu of a dashboard: kept, shared, chosen as default, modified, reset, and addresses that lead back to each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, type Person, run, shareWith } from './dashboards';
import { orderFilters, orders } from './orders';
import { costOf, expectCard, hydrated, pageOf } from './people';

const product = inject('product');
const CARD = `Orders ${run}`;
const COUNT = 'def render(dataset, filters, params):\n    return str(len(dataset))\n';
const countOf = (...regions: string[]) => String(orders.filter(({ region }) => regions.includes(region)).length);
const ALL = String(orders.length);

let browser: Browser;
let owner: Person;
let viewer: Person;
let url: string;
let page: Page;

beforeAll(async () => {
	[owner, viewer] = [await newPerson(product, 'olga'), await newPerson(product, 'vera')];
	const datasetId = await importOrders(owner);
	const cards = [{ name: CARD, code: COUNT }];
	const { path, dashboardId } = await makeDashboard(owner, {
		name: `Views ${run}`,
		datasetId,
		cards,
		filters: orderFilters,
	});
	await shareWith(owner, dashboardId, viewer);
	url = product.url + path;
	browser = await launchChromium();
	page = await pageOf(browser, product.url, owner);
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(() => browser?.close());

const trigger = (of: Page) => of.locator('.views button').first();
const menu = (of: Page) => of.getByRole('menu', { name: 'Views' });

async function open(of: Page, address = url): Promise<void> {
	await of.goto(address);
	await hydrated(of);
}
/** Chooses what to do in the views menu. */
async function choose(of: Page, name: string): Promise<void> {
	await trigger(of).click();
	await menu(of).getByRole('menuitem', { name, exact: true }).click();
}
/** Chooses one of the views. */
async function pick(of: Page, name: RegExp): Promise<void> {
	await trigger(of).click();
	await menu(of).getByRole('menuitemradio', { name }).click();
}
async function toggleRegion(of: Page, region: string): Promise<void> {
	await of
		.getByRole('group', { name: 'Filters' })
		.getByRole('button', { name: /^Region/ })
		.click();
	await of.getByRole('checkbox', { name: region }).click();
	await of.keyboard.press('Escape');
}

test('a filter state is kept under a name and found again in the menu', async () => {
	await open(page);
	await expectCard(page, CARD, ALL);
	await toggleRegion(page, 'North');
	await expectCard(page, CARD, countOf('North'));
	await choose(page, 'Save as a new view…');
	await page.getByRole('dialog').getByLabel('Name').fill('North only');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect.poll(() => trigger(page).innerText()).toBe('North only');
	await expect.poll(() => new URL(page.url()).search).toMatch(/view=fv_\w+/);

	await pick(page, /^No view$/);
	await expectCard(page, CARD, ALL);
	await pick(page, /^North only/);
	await expectCard(page, CARD, countOf('North'));
	await page.goBack();
	await expectCard(page, CARD, ALL);
	await expect.poll(() => trigger(page).innerText()).toBe('Views');
	await page.goForward();
	await expectCard(page, CARD, countOf('North'));
	await expect.poll(() => trigger(page).innerText()).toBe('North only');
});

test('a change of filters makes it modified, in the first HTML too; it is reset, or updated', async () => {
	await toggleRegion(page, 'South');
	await expectCard(page, CARD, countOf('North', 'South'));
	await trigger(page).getByRole('img', { name: 'modified' }).waitFor();
	await page.reload();
	await trigger(page).getByRole('img', { name: 'modified' }).waitFor();
	expect(await trigger(page).innerText()).toBe('North only');
	await hydrated(page);
	await choose(page, 'Reset to “North only”');
	await expectCard(page, CARD, countOf('North'));
	await trigger(page).getByRole('img', { name: 'modified' }).waitFor({ state: 'detached' });

	await toggleRegion(page, 'South');
	await choose(page, 'Update “North only”');
	await page.getByText('“North only” is saved').waitFor();
	await trigger(page).getByRole('img', { name: 'modified' }).waitFor({ state: 'detached' });
	await choose(page, 'Rename');
	await page.getByRole('dialog').getByLabel('Name').fill('North and South');
	await page.getByRole('button', { name: 'Rename', exact: true }).click();
	await expect.poll(() => trigger(page).innerText()).toBe('North and South');
});

test('others see it once it is shared, and open with it once it is the default, in the first HTML and for no call', async () => {
	const theirs = await pageOf(browser, product.url, viewer);
	await open(theirs);
	await trigger(theirs).click();
	await menu(theirs).getByRole('menuitem', { name: 'Save as a new view…' }).waitFor();
	expect(await menu(theirs).getByRole('menuitemradio').count()).toBe(0);

	await choose(page, 'Share with everybody here');
	await page.getByText('Everybody who sees this dashboard sees “North and South”').waitFor();
	await open(theirs);
	await pick(theirs, /^North and South/);
	await expectCard(theirs, CARD, countOf('North', 'South'));
	await trigger(theirs).click();
	await expect
		.poll(() => menu(theirs).getByRole('menuitem').allInnerTexts())
		.toEqual(['Save as a new view…', 'Copy link']);

	await choose(page, 'Make default');
	await page.getByText('The dashboard opens with “North and South”').waitFor();
	const plain = await pageOf(browser, product.url, viewer, { javaScriptEnabled: false });
	await plain.goto(url);
	await expectCard(plain, CARD, countOf('North', 'South'));
	expect(await trigger(plain).innerText()).toBe('North and South');
	await plain.context().close();
	expect((await costOf(theirs.context(), url)).calls).toMatchObject({ dynamo: 0, exec: 0 });
	await open(theirs);
	await expectCard(theirs, CARD, countOf('North', 'South'));
	expect(new URL(theirs.url()).search).toBe('');

	await theirs.getByRole('button', { name: 'Reset' }).click();
	await expectCard(theirs, CARD, ALL);
	await trigger(theirs).getByRole('img', { name: 'modified' }).waitFor();
	await theirs.reload();
	await expectCard(theirs, CARD, ALL);
	await hydrated(theirs);
	await pick(theirs, /^No view$/);
	await expect.poll(() => new URL(theirs.url()).search).toBe('?view=none');
	await expectCard(theirs, CARD, ALL);
	await theirs.context().close();
});

test('a copied link leads to what shows, whatever the dashboard opens with', async () => {
	await toggleRegion(page, 'South');
	await expectCard(page, CARD, countOf('North'));
	await choose(page, 'Copy link');
	await page.getByText('Link copied').waitFor();
	const link = await page.evaluate(() => navigator.clipboard.readText());
	const theirs = await pageOf(browser, product.url, viewer);
	await open(theirs, link);
	await expectCard(theirs, CARD, countOf('North'));
	await trigger(theirs).getByRole('img', { name: 'modified' }).waitFor();
	await theirs.context().close();
});

test('deleting it leaves the filters, and the dashboard opens unfiltered again', async () => {
	await choose(page, 'Delete');
	await page.getByRole('dialog').getByText('The dashboard opens without a view from then on.').waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect.poll(() => trigger(page).innerText()).toBe('Views');
	await expectCard(page, CARD, countOf('North'));
	await open(page);
	await expectCard(page, CARD, ALL);
});

test('the menu is worked by keys alone, and axe finds nothing in it', async () => {
	await open(page);
	await trigger(page).focus();
	await page.keyboard.press('Enter');
	await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Save as a new view…');
	await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
	const { violations } = await page.evaluate(() =>
		(globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ iframes: false }),
	);
	expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
	await page.keyboard.press('Enter');
	await page.getByRole('dialog').getByLabel('Name').waitFor();
	await page.keyboard.type('By keys');
	await page.keyboard.press('Enter');
	await expect.poll(() => trigger(page).innerText()).toBe('By keys');
});
