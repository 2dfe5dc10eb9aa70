// Cards by REST: written, tried, rendered, deleted.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, CODE, expectNotThere, newCard, newDashboard, newDataset, newPerson, type Person } from './api';

let owner: Person;
let stranger: Person;
let datasetId: string;
beforeAll(async () => {
	[owner, stranger] = await Promise.all([newPerson('Olga'), newPerson('Sven')]);
	datasetId = await newDataset(owner);
});

const codeCard = (fields: Record<string, unknown> = {}) =>
	newCard(owner, { card_type: 'code', code: CODE, dataset_id: datasetId, ...fields });

describe('POST /cards', () => {
	test('makes a card on a dataset', async () => {
		const { status, data, headers } = await owner.post('/cards', {
			name: ' Total ',
			dataset_id: datasetId,
			code: CODE,
			params: { topN: 3 },
		});
		expect(status).toBe(201);
		expect(data).toMatchObject({
			name: 'Total',
			dataset: { dataset_id: datasetId, name: 'Sales' },
			dataset_ids: [datasetId],
			card_type: 'code',
			code: CODE,
			params: { topN: 3 },
			used_columns: ['amount'],
			owner: { user_id: owner.userId, name: 'Olga' },
			revision: 1,
		});
		expect(data.card_id).toMatch(/^card_[0-9a-z]{12,}$/);
		expect(headers.get('etag')).toBe('"1"');
	});

	test('takes several datasets, and a text card none', async () => {
		const other = await newDataset(owner, 'Other');
		const { data } = await owner.post('/cards', { name: 'Two', dataset_ids: [datasetId, other], code: CODE });
		expect(data.dataset_ids).toEqual([datasetId, other]);
		const text = await owner.post('/cards', { name: 'Text', card_type: 'text', code: '# Hello' });
		expect([text.status, text.data.dataset, text.data.dataset_ids]).toEqual([201, null, []]);
	});

	test.each([
		['name', { name: '' }],
		['name', { name: null }],
		['code', { code: 'print("no render")' }],
		['code', { code: `def render(d, f, p):\n    return "${'x'.repeat(256 * 1024)}"` }],
		['dataset_id', { dataset_id: 'ds_0000000000000000' }],
		['dataset_id', { dataset_id: 'nope' }],
		['dataset_id', { dataset_id: 7 }],
		['card_type', { card_type: 'sql' }],
		['params', { params: [] }],
		['description', { description: 'x'.repeat(10_001) }],
		['filter_applicable', { filter_applicable: 'region' }],
	])('a bad %s is refused and named', async (field, fields) => {
		const { status, error } = await owner.post('/cards', { name: 'n', dataset_id: datasetId, code: CODE, ...fields });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});

	test("somebody else's dataset is refused like one that is absent", async () => {
		const foreign = await stranger.post('/cards', { name: 'n', dataset_id: datasetId, code: CODE });
		const absent = await stranger.post('/cards', { name: 'n', dataset_id: 'ds_0000000000000000', code: CODE });
		expect([foreign.status, foreign.body]).toEqual([400, absent.body]);
		const several = await stranger.post('/cards', { name: 'n', dataset_ids: [datasetId], code: CODE });
		expect(Object.keys(several.error.details.fields)).toEqual(['dataset_ids.0']);
	});

	test.each([1e300, -1e300, 5e-324, 2 ** 60, 0.1, -0])('params keep the number %d', async (value) => {
		const { status, data } = await owner.post('/cards', {
			name: 'n',
			dataset_id: datasetId,
			code: CODE,
			params: { value, deep: [{ value }] },
		});
		expect(status).toBe(201);
		expect((await owner.get(`/cards/${data.card_id}`)).data.params.deep[0].value).toBe(value + 0);
	});
});

describe('one card', () => {
	test('lists hold own cards without code; the detail is for its owner and admins', async () => {
		const cardId = await codeCard({ name: `Card ${crypto.randomUUID()}` });
		const { data: detail } = await owner.get(`/cards/${cardId}`);
		const listed = await owner.get(`/cards?q=${encodeURIComponent(detail.name)}`);
		expect(listed.data.map((card: { card_id: string }) => card.card_id)).toEqual([cardId]);
		expect(listed.data[0]).not.toHaveProperty('code');
		expect((await (await admin()).get(`/cards/${cardId}`)).status).toBe(200);
		expectNotThere(await stranger.get(`/cards/${cardId}`));
		expectNotThere(await stranger.put(`/cards/${cardId}`, { name: '' }));
		expectNotThere(await stranger.remove(`/cards/${cardId}`));
		expectNotThere(await stranger.post(`/cards/${cardId}/preview`, {}));
		expectNotThere(await stranger.post(`/cards/${cardId}/execute`, {}));
	});

	test('a change leaves out what it does not name', async () => {
		const cardId = await codeCard();
		const { status, data } = await owner.put(`/cards/${cardId}`, {
			name: 'Renamed',
			owner: 'me',
			card_id: 'card_other',
		});
		expect(status).toBe(200);
		expect(data).toMatchObject({ card_id: cardId, name: 'Renamed', code: CODE, revision: 2 });
		expect((await owner.put(`/cards/${cardId}`, { code: 'nothing' })).error.details.fields).toHaveProperty('code');
		expect((await owner.get(`/cards/${cardId}`)).data).toMatchObject({ code: CODE, revision: 2 });
	});

	test('one that a dashboard shows is not deleted, and the answer names the dashboard', async () => {
		const cardId = await newCard(owner);
		const dashboardId = await newDashboard(owner, {
			name: 'Shows it',
			layout: { cards: [{ card_id: cardId, x: 0, y: 0, w: 4, h: 2 }] },
		});
		const { status, error } = await owner.remove(`/cards/${cardId}`);
		expect([status, error.code]).toEqual([409, 'IN_USE']);
		expect(JSON.stringify(error.details)).toContain('Shows it');
		expect((await owner.get(`/cards/${cardId}/used-by`)).data).toEqual([
			{ id: dashboardId, kind: 'dashboard', name: 'Shows it' },
		]);
		expect((await owner.remove(`/dashboards/${dashboardId}`)).status).toBe(204);
		expect((await owner.remove(`/cards/${cardId}`)).status).toBe(204);
		expectNotThere(await owner.remove(`/cards/${cardId}`));
	});
});

describe('POST /cards/{card_id}/preview', () => {
	test('runs the saved code, or other code in its place, and saves nothing', async () => {
		const cardId = await codeCard();
		const { status, data } = await owner.post(`/cards/${cardId}/preview`, {});
		expect(status).toBe(200);
		expect(data).toMatchObject({ card_id: cardId, input_row_count: 4, filtered_row_count: 4, stdout: '' });
		expect(data.html).toContain('<p>100</p>');
		expect(data.execution_time_ms).toBeGreaterThan(0);
		const other = await owner.post(`/cards/${cardId}/preview`, {
			code: 'def render(dataset, filters, params):\n    print("hello")\n    return f"<b>{params[\'n\']}-{len(dataset)}</b>"\n',
			params: { n: 7 },
			filters: { region: 'north' },
		});
		expect(other.data).toMatchObject({ input_row_count: 4, filtered_row_count: 2, stdout: 'hello\n' });
		expect(other.data.html).toContain('<b>7-2</b>');
		expect((await owner.get(`/cards/${cardId}`)).data).toMatchObject({ code: CODE, revision: 1 });
	});

	test('code that fails says what, and where in the code as it was written', async () => {
		const cardId = await codeCard();
		const { status, error } = await owner.post(`/cards/${cardId}/preview`, {
			code: 'def render(dataset, filters, params):\n    x = 1\n    return x / 0\n',
		});
		expect([status, error.code]).toEqual([422, 'CARD_CODE_ERROR']);
		expect(error.details).toMatchObject({
			line: 3,
			message: expect.stringContaining('division'),
			traceback: expect.stringContaining('line 3'),
		});
	});

	test.each([
		[{ region: { start: '2026-13-01' } }],
		[{ region: { values: 'north' } }],
		[{ region: { between: [1, 2] } }],
		[{ region: { values: ['north'], includeNull: true } }],
		[['region']],
	])('the filter state %j has a wrong shape', async (filters) => {
		const { status, error } = await owner.post(`/cards/${await codeCard()}/preview`, { filters });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)[0]).toMatch(/^filters/);
	});
});

describe('POST /cards/{card_id}/execute', () => {
	test('renders once for equal filters in any order, and again after a change', async () => {
		const cardId = await codeCard();
		const run = async (body: object = {}) => (await owner.post(`/cards/${cardId}/execute`, body)).data;
		const first = await run({ filters: { region: ['north', 'south'] } });
		expect(first).toMatchObject({ card_id: cardId, cached: false });
		expect(first.html).toContain('<p>60</p>');
		expect(await run({ filters: { region: { values: ['south', 'north'] } } })).toMatchObject({
			cached: true,
			html: first.html,
		});
		expect(await run({ filters: { region: ['north', 'south'], colour: 'red' } })).toMatchObject({
			cached: true,
			html: first.html,
		});
		expect(await run({ filters: { region: ['north', 'south'] }, use_cache: false })).toMatchObject({
			cached: false,
			html: first.html,
		});
		expect((await run({ filters: { region: { values: ['north'], include_null: true } } })).html).toContain('<p>80</p>');
		expect((await run({ filters: { day: { start: '2026-01-02', end: '2026-01-03' } } })).html).toContain('<p>50</p>');
		expect((await run({ filters: { region: null, day: {} } })).html).toContain('<p>100</p>');
		await owner.put(`/cards/${cardId}`, { params: { changed: true } });
		expect(await run()).toMatchObject({ cached: false });
	});

	test('a viewer names a dashboard that they see and that holds it', async () => {
		const viewer = await newPerson('Vera');
		const cardId = await codeCard();
		const dashboardId = await newDashboard(owner, { layout: { cards: [{ card_id: cardId, x: 0, y: 0, w: 4, h: 2 }] } });
		const empty = await newDashboard(owner);
		for (const id of [dashboardId, empty]) {
			const share = { shared_to_type: 'user', shared_to_id: viewer.userId, permission: 'viewer' };
			expect((await owner.post(`/dashboards/${id}/shares`, share)).status).toBe(201);
		}
		const run = (body: unknown) => viewer.post(`/cards/${cardId}/execute`, body);
		const shown = await run({ dashboard_id: dashboardId });
		expect([shown.status, shown.data?.html]).toEqual([200, expect.stringContaining('<p>100</p>')]);
		expectNotThere(await run({}));
		expectNotThere(await run({ dashboard_id: empty }));
		expectNotThere(await run({ dashboard_id: 'dash_0000000000000000' }));
		expectNotThere(await run({ dashboard_id: ['x'] }));
		expectNotThere(await viewer.send('POST', `/cards/${cardId}/execute`, '{', { 'content-type': 'application/json' }));
		expectNotThere(await viewer.get(`/cards/${cardId}`));
	});

	test('a viewer of failing code learns that it failed, and no more', async () => {
		const viewer = await newPerson('Vera');
		const cardId = await codeCard({
			code: 'def render(dataset, filters, params):\n    secret_name = 1\n    raise ValueError("secret " + str(list(dataset.region)))\n',
		});
		const dashboardId = await newDashboard(owner, { layout: { cards: [{ card_id: cardId, x: 0, y: 0, w: 4, h: 2 }] } });
		await owner.post(`/dashboards/${dashboardId}/shares`, {
			shared_to_type: 'user',
			shared_to_id: viewer.userId,
			permission: 'viewer',
		});
		const { status, body } = await viewer.post(`/cards/${cardId}/execute`, { dashboard_id: dashboardId });
		expect([status, body.error.code]).toEqual([422, 'CARD_CODE_ERROR']);
		expect(JSON.stringify(body)).not.toMatch(/secret|north|line 3|Traceback|ValueError/);
		expect((await owner.post(`/cards/${cardId}/execute`, {})).error.details).toMatchObject({ line: 3 });
	});

	test('text is rendered without a script', async () => {
		const cardId = await newCard(owner, { code: '# Hi\n\n<script>alert(1)</script>\n\n**bold**' });
		const { data } = await owner.post(`/cards/${cardId}/execute`, {});
		expect(data.html).toContain('<strong>bold</strong>');
		expect(data.html).not.toContain('<script>alert');
	});
});
