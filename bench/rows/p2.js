// @ts-check
// P2: what a viewer's page weighs and how soon its cards stand, first and second visit, at 100 ms and 10 Mbit/s.
// Bytes are counted gzipped, as an edge sends them; the local Worker does not compress.
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/setup/chromium.js';
import { median, twelveCards, view, withProduct } from '../product.js';

const NETWORK = { offline: false, latency: 100, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };

/** Visits of each kind: times are medians of them, counts and sizes the worst. */
const ROUNDS = 5;

/** @param {(line: import('../run.js').Line) => void} report */
export function run(report) {
	return withProduct(async (stack) => {
		const { path, viewers } = await twelveCards(stack);
		const token = /** @type {string} */ (viewers[0]);
		await view(stack.url, `${path}?render=wait`, token);
		const program = await findChromium();
		const browser = await chromium.launch(program);
		try {
			const first = [];
			const second = [];
			for (let round = 0; round < ROUNDS; round++) {
				const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
				await context.addCookies([{ name: 'cardinal_session', value: token, url: stack.url }]);
				first.push(await visit(context, stack.url + path));
				second.push(await visit(context, stack.url + path));
				await context.close();
			}
			reportVisits(report, first, second);
		} finally {
			await browser.close();
		}
	});
}

/** @typedef {Awaited<ReturnType<typeof visit>>} Visit */

/** @param {(line: import('../run.js').Line) => void} report @param {Visit[]} first @param {Visit[]} second */
function reportVisits(report, first, second) {
	const worst = (/** @type {Visit[]} */ visits, /** @type {keyof Visit} */ what) =>
		Math.max(...visits.map((one) => one[what]));
	const line = (
		/** @type {string} */ name,
		/** @type {number} */ value,
		/** @type {string} */ unit,
		/** @type {number} */ goal,
		/** @type {string} */ peer,
	) => report({ id: 'P2', name, value, unit, goal: `<= ${goal}`, ok: value <= goal, peer });
	line('javascript_kb', worst(first, 'scriptKb'), 'kB', 60, 'Superset 2,900 · Streamlit 5,060 · Dash 2,373');
	line('first_requests', worst(first, 'requests'), '', 4, 'Superset 73 · Streamlit 141 · Dash 25');
	line('first_kb', worst(first, 'kb'), 'kB', 250, 'Superset 3,072 · Streamlit 5,690 · Dash 2,397');
	line('second_requests', worst(second, 'requests'), '', 1, 'Superset 17 · Streamlit 3 · Dash 14');
	line('second_kb', worst(second, 'kb'), 'kB', 30, 'Superset 49 · Streamlit 35 · Dash 20');
	const cardsAt = (/** @type {Visit[]} */ visits) => median(visits.map((one) => one.cardsAt));
	line('first_cards_visible_ms', cardsAt(first), 'ms', 1000, 'Superset 5,200 · Streamlit 6,400 · Dash 4,000');
	line('second_cards_visible_ms', cardsAt(second), 'ms', 1000, 'Superset 2,300 · Streamlit 2,500 · Dash 1,500');
	line('layout_shift', Math.max(worst(first, 'shift'), worst(second, 'shift')), '', 0, '');
}

/** @param {import('playwright-core').BrowserContext} context @param {string} url */
async function visit(context, url) {
	const page = await context.newPage();
	const devtools = await context.newCDPSession(page);
	await devtools.send('Network.enable');
	await devtools.send('Network.emulateNetworkConditions', NETWORK);
	await page.addInitScript(() => {
		const seen = Object.assign(window, { cardsAt: 0, shift: 0 });
		document.addEventListener(
			'load',
			(event) => {
				if (event.target instanceof HTMLIFrameElement) seen.cardsAt = performance.now();
			},
			true,
		);
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) seen.shift += /** @type {any} */ (entry).value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	/** @type {import('playwright-core').Response[]} */
	const responses = [];
	page.on('response', (response) => responses.push(response));
	/** @type {Set<string>} */
	const fromCache = new Set();
	devtools.on('Network.requestServedFromCache', ({ requestId }) => fromCache.add(requestId));
	let cached = 0;
	devtools.on('Network.responseReceived', ({ response, requestId }) => {
		if (response.fromDiskCache || fromCache.has(requestId)) cached++;
	});
	await page.goto(url, { waitUntil: 'load' });
	await page.waitForTimeout(1500);
	const sent = responses.filter((response) => !response.url().startsWith('data:') && response.url().startsWith('http'));
	const sizes = await Promise.all(
		sent.map(async (response) => ({ response, bytes: gzipSync(await response.body()).length })),
	);
	const fresh = await freshOnly(sizes, page);
	const timings = await page.evaluate(() => ({
		cardsAt: /** @type {any} */ (window).cardsAt,
		shift: /** @type {any} */ (window).shift,
	}));
	await page.close();
	const kb = (/** @type {typeof fresh} */ list) => Math.round(list.reduce((sum, one) => sum + one.bytes, 0) / 100) / 10;
	return {
		requests: sent.length - cached,
		kb: kb(fresh),
		scriptKb: kb(fresh.filter((one) => one.response.request().resourceType() === 'script')),
		cardsAt: Math.round(timings.cardsAt),
		shift: timings.shift,
	};
}

/**
 * Those that came over the network: the browser says 0 bytes for what it had.
 * @param {{ response: import('playwright-core').Response, bytes: number }[]} sizes @param {import('playwright-core').Page} page
 */
async function freshOnly(sizes, page) {
	const had = new Set(
		await page.evaluate(() =>
			performance
				.getEntriesByType('resource')
				.filter((entry) => /** @type {PerformanceResourceTiming} */ (entry).transferSize === 0)
				.map((entry) => entry.name),
		),
	);
	return sizes.filter(({ response }) => !had.has(response.url()));
}
