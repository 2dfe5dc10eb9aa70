// Figures and script cards in the real product, however a reader comes to the dashboard: charts draw, and what hostile ones name
// is never asked for.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { type CardMaking, importOrders, makeDashboard, newPerson, type Person, run } from './dashboards';
import { hostileFigures } from './frames/specs';
import { hydrated, pageOf } from './people';

const product = inject('product');

/** What each benign figure must show inside its frame, and how often. */
const BENIGN = [
	{ name: 'Basic', returned: 'px.bar(x=["a", "b", "c"], y=[1, 2, 3])', shows: '.bars .point', times: 3 },
	{ name: 'Cartesian', returned: 'go.Figure(go.Box(y=[1, 2, 3, 9]))', shows: '.boxlayer path.box', times: 1 },
	{
		name: 'Strict',
		returned: 'go.Figure(go.Sunburst(labels=["a", "b", "c"], parents=["", "a", "a"]))',
		shows: '.sunburstlayer .slice',
		times: 3,
	},
	{
		name: 'Vega',
		returned: 'alt.Chart(pd.DataFrame({"x": ["a", "b", "c"], "y": [1, 2, 3]})).mark_bar().encode(x="x", y="y")',
		shows: '[aria-roledescription=bar]',
		times: 3,
	},
];
const SCRIPT = `"<p>still</p><script>document.body.append(' and ' + 6 * 7 + ' at ' + location.host)</script>"`;
const SCRIPT_CARDS: CardMaking[] = [
	{ name: 'Switched on', code: codeOf(SCRIPT), scripts: true },
	{ name: 'Switched off', code: codeOf(SCRIPT), scripts: false },
];
/** The harmless ones among the hostile figures: they need drawing contexts of their own. */
const DEMANDING = ['gl', 'gl3d', 'parcoords', 'violin', 'sunburst'];
/** Its base map would come from plotly's own host. */
const NEEDS_NETWORK = 'geo';

const WAYS = {
	'a cold load': (page: Page, { path }: Board) => page.goto(product.url + path),
	'a navigation inside the app': async (page: Page, { path, name }: Board) => {
		await page.goto(`${product.url}/dashboards?q=${run}`);
		await hydrated(page);
		await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
		await page.getByRole('link', { name }).first().click();
		await page.waitForURL(product.url + path);
		expect(await page.evaluate(() => 'sameDocument' in globalThis), 'no new document').toBe(true);
	},
};

interface Board {
	name: string;
	path: string;
}
let browser: Browser;
let listener: Server;
let hits: string[] = [];
let author: Person;
let benign: Board;
let hostile: Board;
let hostileNames: string[];

beforeAll(async () => {
	listener = createServer((request, response) => {
		hits.push(request.url ?? '');
		response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
	}).listen(0, '127.0.0.1');
	await new Promise((done) => listener.once('listening', done));
	browser = await launchChromium();
	author = await newPerson(product, 'figaro');
	const datasetId = await importOrders(author);
	benign = await board(`Figures ${run}`, datasetId, [
		...BENIGN.map(({ name, returned }) => ({ name, code: codeOf(returned) })),
		...SCRIPT_CARDS,
	]);
	const figures = hostileFigures(listenerUrl());
	hostileNames = Object.keys(figures);
	hostile = await board(
		`Attacks ${run}`,
		datasetId,
		Object.entries(figures).map(([name, figure]) => ({ name, code: rawFigure(figure) })),
	);
});
afterAll(async () => {
	await browser?.close();
	listener?.close();
});

test('the listener hears a page that has no protection', async () => {
	const page = await browser.newPage();
	await page.evaluate((url) => fetch(url, { mode: 'no-cors' }), `${listenerUrl()}/control`);
	expect(hits).toEqual(['/control']);
	hits = [];
	await page.close();
});

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('after %s', (way) => {
	test('figures of every library draw', async () => {
		const page = await visit(way, benign);
		for (const { name, shows, times } of BENIGN) {
			await expect
				.poll(() => frameOf(page, name).locator(shows).count(), { timeout: 60_000, message: name })
				.toBe(times);
		}
		await page.context().close();
	});

	test('a script runs where its switch is on, from the cards host, and nowhere else', async () => {
		const page = await visit(way, benign);
		const { host } = new URL(product.cardsUrl);
		await expect
			.poll(() => frameOf(page, 'Switched on').locator('body').innerText(), { timeout: 30_000 })
			.toContain(`and 42 at ${host}`);
		await expect
			.poll(() => frameOf(page, 'Switched off').locator('body').innerText(), { timeout: 30_000 })
			.toBe('still');
		await page.context().close();
	});

	test('hostile figures reach nobody', async () => {
		const page = await visit(way, hostile);
		for (const name of hostileNames) {
			const drawn = frameOf(page, name).locator('#figure .main-svg').first();
			const refused = page.getByRole('region', { name, exact: true }).getByText('Its code failed.');
			await drawn
				.or(refused)
				.first()
				.waitFor({ state: 'attached', timeout: 90_000 })
				.catch(() => expect.fail(`${name} neither drew nor failed`));
			if (DEMANDING.includes(name)) expect(await refused.count(), name).toBe(0);
		}
		await page.getByRole('region', { name: NEEDS_NETWORK, exact: true }).getByText('Its code failed.').waitFor();
		// Where plotly kept the link, a click on it leads nowhere either.
		await frameOf(page, 'annot-link')
			.locator('a')
			.first()
			.click({ force: true, timeout: 2000 })
			.catch((error: Error) => expect(error.name).toBe('TimeoutError'));
		await sleep(1000);
		expect(hits).toEqual([]);
		expect(page.url()).toBe(product.url + hostile.path);
		await page.context().close();
	});
});

const listenerUrl = () => `http://evil.localhost:${(listener.address() as AddressInfo).port}`;

const frameOf = (page: Page, name: string) =>
	page.getByRole('region', { name, exact: true }).locator('iframe').last().contentFrame();

async function visit(way: keyof typeof WAYS, board: Board): Promise<Page> {
	const page = await pageOf(browser, product.url, author, { viewport: { width: 1280, height: 2600 } });
	await WAYS[way](page, board);
	await hydrated(page);
	return page;
}

/** Runs each card once, so that pages find every one in the cache and a busy executor is none of their business. */
async function board(name: string, datasetId: string, cards: CardMaking[]): Promise<Board> {
	const { path, cardIds } = await makeDashboard(author, { name, datasetId, cards });
	for (const id of Object.values(cardIds)) await author.api('POST', `/cards/${id}/execute`, {});
	return { name, path };
}

function codeOf(returned: string): string {
	return `def render(dataset, filters, params):\n    return ${returned}\n`;
}

/** A card that passes for a plotly figure and hands over a specification that plotly itself would never have written. */
function rawFigure(figure: { data: Record<string, unknown>[] }): string {
	const kinds = figure.data.map(
		({ type }) => `go.${String(type ?? 'scatter')[0]?.toUpperCase()}${String(type ?? 'scatter').slice(1)}()`,
	);
	return `class Raw(go.Figure):
    data = (${kinds.join(', ')},)
    layout = go.Layout()
    def to_json(self, *given, **named):
        return ${JSON.stringify(JSON.stringify(figure))}
def render(dataset, filters, params):
    return Raw.__new__(Raw)
`;
}
