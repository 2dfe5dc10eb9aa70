// The render path with nothing replaced: DynamoDB, the bucket, workerd and the jailed executor. Costs are read from outside.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import {
	bodyOf,
	callsOf,
	importCsv,
	newDashboard,
	renderDashboard,
	salesCsv,
	salesSum,
	sumCard,
	type Dashboard,
} from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
/** Seconds that a location believes what it read; long enough for two views, short enough to wait for. */
const ACCESS_TTL = 4;
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let datasetId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services, variables: { ACCESS_TTL_SECONDS: String(ACCESS_TTL) } });
	boss = await admin(worker, services);
	ada = await newPerson(worker, boss, 'Ada');
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
});
afterAll(() => worker.stop());

async function newCard(code: string, more: Record<string, unknown> = {}): Promise<string> {
	const { cardId } = await worker.client(ada.token).cards.create.mutate({ name: 'Card', datasetId, code, ...more });
	return cardId;
}

async function share(dashboard: Dashboard, person: Person, permission: 'viewer' | 'editor' = 'viewer') {
	return worker.client(ada.token).shares.create.mutate({
		dashboardId: dashboard.dashboardId,
		sharedToType: 'user',
		sharedToId: person.userId,
		permission,
	});
}

const expired = () => new Promise((resolve) => setTimeout(resolve, (ACCESS_TTL + 1) * 1000));

describe('a dashboard', () => {
	let dashboard: Dashboard;
	let total: string;
	let regional: string;
	let note: string;

	beforeAll(async () => {
		total = await newCard(sumCard('total'), { filterApplicable: ['day'] });
		regional = await newCard(sumCard('regional'));
		note = (
			await worker.client(ada.token).cards.create.mutate({ name: 'Note', cardType: 'text', code: '# Read <b>me</b>' })
		).cardId;
		dashboard = await newDashboard(worker, ada, [total, regional, note]);
	});

	test('shows numbers that are right, and what was rendered once is there for everybody', async () => {
		const first = await renderDashboard(worker, ada, dashboard.dashboardId);
		expect(bodyOf(first, total)).toContain(`total: ${salesSum()}`);
		expect(bodyOf(first, regional)).toContain(`regional: ${salesSum()}`);
		expect(bodyOf(first, note)).toBe('<h1>Read &lt;b&gt;me&lt;/b&gt;</h1>');
		expect(first.end.timing.exec).toBe(2);
		expect(first.cards.get(total)).toMatchObject({ cached: false, kind: 'html', timing: { exec: 1 } });

		const second = await renderDashboard(worker, ada, dashboard.dashboardId);
		expect(second.end.timing).toMatchObject({ exec: 0, s3: 0 });
		expect(second.cards.get(total)).toMatchObject({ cached: true, body: bodyOf(first, total) });
	});

	test('costs a second viewer one batch and no execution, and within the access TTL nothing at all', async () => {
		await renderDashboard(worker, ada, dashboard.dashboardId);
		const vera = await newPerson(worker, boss, 'Vera');
		await share(dashboard, vera);
		const first = await renderDashboard(worker, vera, dashboard.dashboardId);
		expect(first.end.timing).toMatchObject({ dynamo: 1, s3: 0, exec: 0 });
		const next = await renderDashboard(worker, vera, dashboard.dashboardId);
		expect(callsOf(next.serverTiming)).toEqual({ dynamo: 0, s3: 0, kv: 0, exec: 0 });
		expect(next.end.timing).toMatchObject({ dynamo: 0, s3: 0, kv: 0, exec: 0 });

		await expired();
		const later = await renderDashboard(worker, vera, dashboard.dashboardId);
		expect(later.end.timing).toMatchObject({ dynamo: 1, s3: 0, kv: 0, exec: 0 });
	});

	test('a filter change runs only the cards that have its column', async () => {
		const before = await renderDashboard(worker, ada, dashboard.dashboardId);
		const have = Object.fromEntries([...before.cards.values()].map((line) => [line.cardId, line.key]));
		const after = await renderDashboard(worker, ada, dashboard.dashboardId, { filters: { region: ['EMEA'] }, have });
		expect(after.cards.get(total)!.status).toBe('same');
		expect(after.cards.get(note)!.status).toBe('same');
		expect(bodyOf(after, regional)).toContain(`regional: ${salesSum({ regions: ['EMEA'] })}`);
		expect(after.end.timing.exec).toBe(1);
		expect(after.cards.get(regional)).toMatchObject({ ignores: [] });

		const dated = await renderDashboard(worker, ada, dashboard.dashboardId, {
			filters: { region: ['EMEA'], when: { start: '2024-01-10', end: '2024-01-19' } },
		});
		expect(bodyOf(dated, total)).toContain(`total: ${salesSum({ from: 9, to: 18 })}`);
		expect(bodyOf(dated, regional)).toContain(`regional: ${salesSum({ regions: ['EMEA'], from: 9, to: 18 })}`);
		expect(dated.cards.get(total)).toMatchObject({ ignores: ['Region'] });
		expect(dated.end.resolved).toEqual({ when: { start: '2024-01-10', end: '2024-01-19' } });
	});

	test('equal filters in another order and form are the same content', async () => {
		const one = await renderDashboard(worker, ada, dashboard.dashboardId, {
			filters: { region: ['APAC', 'LATAM'], when: { start: '2024-01-05' } },
		});
		const same = await renderDashboard(worker, ada, dashboard.dashboardId, {
			filters: {
				when: { end: null, start: '2024-01-05' },
				region: { values: ['LATAM', 'APAC', 'LATAM'], includeNull: false },
			},
		});
		expect(same.end.timing.exec).toBe(0);
		expect(same.cards.get(regional)!.key).toBe(one.cards.get(regional)!.key);
	});

	test('a wrong filter is refused by its name', async () => {
		const answer = await renderDashboard(worker, ada, dashboard.dashboardId, { filters: { when: ['2024'] } });
		expect(answer.status).toBe(400);
	});

	test('offers the values of its data, and says what its page shows', async () => {
		const view = await worker
			.client(ada.token)
			.dashboards.view.query({ dashboardId: dashboard.dashboardId, filters: {} });
		expect(view.options['region']).toEqual({
			values: ['APAC', 'EMEA', 'LATAM'].map((value) => ({ value, count: 90 })),
			nullCount: 0,
			truncated: false,
		});
		expect(
			view.cards.map(({ name, cached, unavailable, mayEdit }) => ({ name, cached, unavailable, mayEdit })),
		).toEqual([
			{ name: 'Card', cached: true, unavailable: false, mayEdit: true },
			{ name: 'Card', cached: true, unavailable: false, mayEdit: true },
			{ name: 'Note', cached: true, unavailable: false, mayEdit: true },
		]);
		const detail = await worker.client(ada.token).dashboards.get.query({ dashboardId: dashboard.dashboardId });
		expect(detail.filters[0]!.options).toEqual(['APAC', 'EMEA', 'LATAM']);
	});
});

describe('what is shown', () => {
	test('changes with code and params, and with no name', async () => {
		const client = worker.client(ada.token);
		const cardId = await newCard(
			`def render(dataset, filters, params):\n    return f"<p>{len(dataset)} {params.get('unit', '')}</p>"`,
		);
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const first = await renderDashboard(worker, ada, dashboardId);
		expect(bodyOf(first, cardId)).toContain('270');

		await client.cards.update.mutate({ cardId, name: 'Renamed', description: 'x' });
		await client.datasets.update.mutate({ datasetId, name: 'Renamed sales' });
		const renamed = await renderDashboard(worker, ada, dashboardId);
		expect(renamed.cards.get(cardId)).toMatchObject({ key: first.cards.get(cardId)!.key, cached: true });

		await client.cards.update.mutate({ cardId, params: { unit: 'rows' } });
		expect(bodyOf(await renderDashboard(worker, ada, dashboardId), cardId)).toContain('270 rows');
		await client.cards.update.mutate({ cardId, code: sumCard('now') });
		expect(bodyOf(await renderDashboard(worker, ada, dashboardId), cardId)).toContain(`now: ${salesSum()}`);
	});

	test('a run that needs all columns gets them', async () => {
		const cardId = await newCard('def render(dataset, filters, params):\n    return ",".join(dataset.columns)');
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const rendered = await renderDashboard(worker, ada, dashboardId);
		expect(bodyOf(rendered, cardId)).toContain('day,region,amount,note');
		expect(rendered.end.timing.exec).toBe(2);
		const filtered = await renderDashboard(worker, ada, dashboardId, { filters: { region: 'APAC' } });
		expect(bodyOf(filtered, cardId)).toContain('day,region,amount,note');
		expect(filtered.end.timing.exec).toBe(1);
	});

	test('fifty viewers at once on a cold dashboard cause one execution a card', async () => {
		const cards = [await newCard(sumCard('a')), await newCard(sumCard('b')), await newCard(sumCard('c'))];
		const { dashboardId } = await newDashboard(worker, ada, cards);
		const views = await Promise.all(Array.from({ length: 50 }, () => renderDashboard(worker, ada, dashboardId)));
		expect(views.reduce((sum, { end }) => sum + end.timing.exec, 0)).toBe(cards.length);
		for (const view of views) expect(bodyOf(view, cards[2]!)).toContain(`c: ${salesSum()}`);
	});
});

describe('a card that fails', () => {
	test('says so in its own place, to its owner why, to a viewer only that, and the others show', async () => {
		const good = await newCard(sumCard('good'));
		const bad = await newCard(
			'def render(dataset, filters, params):\n    secret = dataset["note"].iloc[0]\n    raise ValueError(secret)\n',
		);
		const dashboard = await newDashboard(worker, ada, [bad, good]);
		const vera = await newPerson(worker, boss, 'Vera');
		await share(dashboard, vera);

		const mine = await renderDashboard(worker, ada, dashboard.dashboardId);
		expect(mine.cards.get(bad)).toMatchObject({ status: 'error', error: { code: 'CARD_CODE_ERROR', line: 3 } });
		expect(JSON.stringify(mine.cards.get(bad))).toContain('ValueError');
		expect(bodyOf(mine, good)).toContain('good:');

		const theirs = await renderDashboard(worker, vera, dashboard.dashboardId);
		expect(theirs.cards.get(bad)).toMatchObject({
			status: 'error',
			error: { code: 'CARD_CODE_ERROR', message: 'The code of this card failed.', line: null, traceback: null },
		});
		expect(JSON.stringify(theirs.cards.get(bad))).not.toMatch(/ValueError|\bn0\b|secret/);
		expect(theirs.end.timing.exec).toBe(0);

		await worker.client(ada.token).cards.update.mutate({ cardId: bad, code: sumCard('mended') });
		expect(bodyOf(await renderDashboard(worker, ada, dashboard.dashboardId), bad)).toContain('mended:');
	});
});

describe('unsharing', () => {
	test('ends access at once in this location, with everything in the cache', async () => {
		const dashboard = await newDashboard(worker, ada, [await newCard(sumCard('x'))]);
		const vera = await newPerson(worker, boss, 'Vera');
		const { id } = await share(dashboard, vera);
		expect((await renderDashboard(worker, vera, dashboard.dashboardId)).status).toBe(200);
		await worker.client(ada.token).shares.remove.mutate({ dashboardId: dashboard.dashboardId, shareId: id });
		expect((await renderDashboard(worker, vera, dashboard.dashboardId)).status).toBe(404);
		expect((await renderDashboard(worker, ada, dashboard.dashboardId)).status).toBe(200);
	});

	test('in another location ends access within the access TTL', async () => {
		const dashboard = await newDashboard(worker, ada, [await newCard(sumCard('x'))]);
		const vera = await newPerson(worker, boss, 'Vera');
		const { id } = await share(dashboard, vera);
		const elsewhere = await startApiWorker({ services, variables: { ACCESS_TTL_SECONDS: String(ACCESS_TTL) } });
		try {
			expect((await renderDashboard(elsewhere, vera, dashboard.dashboardId)).status).toBe(200);
			await worker.client(ada.token).shares.remove.mutate({ dashboardId: dashboard.dashboardId, shareId: id });
			await expired();
			expect((await renderDashboard(elsewhere, vera, dashboard.dashboardId)).status).toBe(404);
		} finally {
			await elsewhere.stop();
		}
	});
});
