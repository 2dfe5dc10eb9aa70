// Text that a card escaped stays text, whichever way its frame is filled: in the page's own response, or by its script.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn, type Api } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { cardText, hydrated, logInAs } from './people';

const product = inject('product');
const run = Date.now().toString(36);
const TEXT = '<img src=x> & "quoted" &lt;b&gt;';

let browser: Browser;
let api: Api;
let page: Page;
let dashboard: string;

beforeAll(async () => {
	api = (await logIn(product.url, product.admin)).api;
	const { card_id } = await api('POST', '/cards', {
		name: `Text ${run}`,
		card_type: 'text',
		code: TEXT.replace('&lt;b&gt;', '&amp;lt;b&amp;gt;'),
	});
	const layout = { cards: [{ card_id, x: 0, y: 0, w: 6, h: 2 }] };
	dashboard = (await api('POST', '/dashboards', { name: `Escaping ${run}`, layout })).dashboard_id;
	browser = await launchChromium();
	page = await logInAs(browser, product.url, product.admin);
});
afterAll(() => browser?.close());

test('on a cold load, brought by the stream', async () => {
	await page.goto(`${product.url}/dashboards/${dashboard}`);
	await hydrated(page);
	await expect.poll(() => cardText(page, `Text ${run}`).catch(String), { timeout: 30_000 }).toBe(TEXT);
});

test('on the next, inlined in the page', async () => {
	const answer = await page.context().request.get(`${product.url}/dashboards/${dashboard}`);
	expect(await answer.text()).toContain('data-kind="html"');
	await page.goto(`${product.url}/dashboards/${dashboard}`);
	expect(await cardText(page, `Text ${run}`)).toBe(TEXT);
});
