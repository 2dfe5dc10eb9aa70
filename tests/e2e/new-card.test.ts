// A new card: it is written on from the first moment, and asked for its name when it is saved, so that no list fills with cards of one
// name.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, newPerson, type Person } from './dashboards';
import { hydrated, pageOf } from './people';

const product = inject('product');
let browser: Browser;
let person: Person;

beforeAll(async () => {
	person = await newPerson(product, 'nina');
	browser = await launchChromium();
});
afterAll(() => browser?.close());

test('a card without a name is not saved before it has one', async () => {
	const page = await pageOf(browser, product.url, person);
	await page.goto(`${product.url}/cards/new?dataset=${await importOrders(person)}`);
	await hydrated(page);
	await page.getByRole('button', { name: 'Save' }).click();
	const dialog = page.getByRole('dialog', { name: 'Name the card' });
	const name = dialog.getByRole('textbox', { name: 'Name' });
	await name.waitFor();
	expect(await name.evaluate((input) => input === document.activeElement)).toBe(true);
	expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
	expect(await person.api('GET', '/cards')).toEqual([]);

	await name.fill('Orders at a glance');
	await name.press('Enter');
	await page.waitForURL(/\/cards\/card_\w+$/);
	await page.getByRole('button', { name: 'Orders at a glance', exact: true }).waitFor();
	expect(await person.api('GET', '/cards')).toMatchObject([{ name: 'Orders at a glance' }]);
	await page.context().close();
});

test('whoever writes before the editor has loaded writes on in it', async () => {
	const page = await pageOf(browser, product.url, person);
	let load = () => undefined as void;
	const held = new Promise<void>((resolve) => (load = resolve));
	await page.route(/codemirror|\/chunks\//, async (route) => {
		await held;
		await route.continue();
	});
	await page.goto(`${product.url}/cards/new?dataset=${await importOrders(person)}`);
	const plain = page.locator('textarea[aria-label=Code]');
	await plain.focus();
	await plain.press('Control+Home');
	await page.keyboard.type('# one ');
	load();
	await page.locator('.cm-content').waitFor();
	await page.keyboard.type('and two ');
	expect(await page.locator('.cm-line').first().innerText()).toMatch(/^# one and two /);
	await page.context().close();
});
