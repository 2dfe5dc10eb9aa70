// The reference of the API: served from here, about what is served, and answered by the visitor's own session.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { logInAs } from './people';

const product = inject('product');
let browser: Browser;
let page: Page;
const elsewhere: string[] = [];

beforeAll(async () => {
	browser = await launchChromium();
	page = await logInAs(browser, product.url, product.admin);
	page.on('request', (request) => {
		if (!request.url().startsWith(product.url) && !request.url().startsWith('data:')) elsewhere.push(request.url());
	});
	await page.goto(`${product.url}/api/docs`);
});
afterAll(() => browser?.close());

test('lists what the document describes and asks nothing of other hosts', async () => {
	const document = await (await page.context().request.get(`${product.url}/api/openapi.json`)).json();
	const described = Object.values(document.paths).flatMap((path) => Object.keys(path as object)).length;
	await page.locator('.opblock').first().waitFor();
	expect(await page.locator('.opblock').count()).toBe(described);
	expect(elsewhere).toEqual([]);
});

test('tries a route out as whoever is logged in', async () => {
	const me = page.locator('.opblock', { has: page.getByText('/api/auth/me', { exact: true }) });
	await me.getByRole('button', { expanded: false }).first().click();
	await me.getByRole('button', { name: 'Try it out' }).click();
	await me.getByRole('button', { name: 'Execute' }).click();
	await expect.poll(() => me.locator('.live-responses-table').innerText()).toContain(product.admin.email);
});
