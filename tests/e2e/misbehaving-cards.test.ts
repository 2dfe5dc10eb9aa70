// Cards that misbehave, side by side with one that does not: each fails in its own place, in words, and harms no other.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { type CardMaking, importOrders, makeDashboard, newPerson, type Person, run, shareWith } from './dashboards';
import { orders, sumOf } from './orders';
import { expectCard, hydrated, pageOf } from './people';

const product = inject('product');

const GOOD: CardMaking = {
	name: `Good ${run}`,
	code: `def render(dataset, filters, params):
    return f"{len(dataset)} orders, {dataset['amount'].sum()} in all"
`,
};
const GOOD_RESULT = `600 orders, ${sumOf(orders)} in all`;

/** What every reader is told, and what only those who may see the code are told beside it. */
interface Misbehaviour {
	name: string;
	body: string;
	cause: string;
	owner: RegExp;
}

const MISBEHAVIOURS: Misbehaviour[] = [
	{ name: 'Loops', body: 'while True: pass', cause: 'Ran too long and was stopped.', owner: /10/ },
	{
		name: 'Eats memory',
		body: 'return str(len([b"secret" * 10_000_000 for _ in range(1000)]))',
		cause: 'Needed more memory than a card may use.',
		owner: /memory/i,
	},
	{
		name: 'Raises',
		body: 'raise ValueError("secret orders")',
		cause: 'Its code failed.',
		owner: /secret orders[\s\S]*line 3[\s\S]*Traceback/,
	},
	{ name: 'Prints', body: 'print("secret" * 200_000)', cause: 'Its result is too large to show.', owner: /print/i },
	{ name: 'Returns nonsense', body: 'return {"secret": object()}', cause: 'Its code failed.', owner: /dict/ },
	{
		name: 'Returns too much',
		body: 'return "x" * 500_000_000',
		cause: 'Its result is too large to show.',
		owner: /5|large/,
	},
	{
		name: 'Calls out',
		body: 'import urllib.request; return urllib.request.urlopen("http://127.0.0.1:80/secret").read().decode()',
		cause: 'Tried something that cards may not do.',
		owner: /line 3|network|socket/i,
	},
];

/** The second line keeps the misbehaviour on line 3 of its author's code. */
const codeOf = ({ body }: Misbehaviour) =>
	`def render(dataset, filters, params):\n    whole = dataset["amount"]\n    ${body}\n`;

let browser: Browser;
let owner: Person;
let viewer: Person;
let board: Awaited<ReturnType<typeof makeDashboard>>;

beforeAll(async () => {
	owner = await newPerson(product, 'olga');
	viewer = await newPerson(product, 'vito');
	const cards = [GOOD, ...MISBEHAVIOURS.map((one) => ({ name: one.name, code: codeOf(one) }))];
	board = await makeDashboard(owner, { name: `Trouble ${run}`, datasetId: await importOrders(owner), cards });
	await shareWith(owner, board.dashboardId, viewer);
	browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each(['viewer', 'owner'] as const)('as %s', (who) => {
	let page: Page;
	beforeAll(async () => {
		page = await pageOf(browser, product.url, who === 'owner' ? owner : viewer);
		await page.goto(product.url + board.path);
		await hydrated(page);
	});
	afterAll(() => page?.context().close());

	test('the good card shows its numbers among the others', async () => {
		await expectCard(page, GOOD.name, GOOD_RESULT);
	});

	test.each(MISBEHAVIOURS)('"$name" says so in its own place', async ({ name, cause, owner: known }) => {
		const card = page.getByRole('region', { name });
		const failure = card.getByRole('status').filter({ hasText: 'Retry' });
		await failure.waitFor({ timeout: 90_000 });
		const details = failure.getByRole('button', { name: 'Details' });
		if (await details.isVisible()) await details.click();
		const said = await failure.innerText();
		if (who === 'owner') expect(said).toMatch(known);
		else {
			expect(said).toContain(cause);
			expect(said).not.toMatch(/secret|Traceback|line \d/);
		}
	});

	test('what the server sends says no more than that', async () => {
		const answer = await page
			.context()
			.request.post(`${product.url}/render${board.path}`, { data: { filters: {}, have: {} }, timeout: 90_000 });
		const received = await answer.text();
		expect(received.trim().split('\n')).toHaveLength(MISBEHAVIOURS.length + 2);
		if (who === 'owner') expect(received).toContain('Traceback');
		else expect(received).not.toMatch(/secret|Traceback|urlopen|ValueError/);
	});
});

test('afterwards a good card runs as before', async () => {
	const again = await owner.api('POST', `/cards/${board.cardIds[GOOD.name]}/execute`, { use_cache: false });
	expect(again).toMatchObject({ html: GOOD_RESULT, cached: false });
	const page = await pageOf(browser, product.url, owner);
	await page.goto(product.url + board.path);
	await expectCard(page, GOOD.name, GOOD_RESULT);
	await page.context().close();
});
