// Dashboards by REST: made, laid out, filtered, cloned, deleted.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, CODE, expectNotThere, newCard, newDashboard, newDataset, newPerson, type Person } from './api';

let owner: Person;
let stranger: Person;
let cardId: string;
beforeAll(async () => {
	[owner, stranger] = await Promise.all([newPerson('Olga'), newPerson('Sven')]);
	cardId = await newCard(owner);
});

const at = (id: string, fields: Record<string, unknown> = {}) => ({
	cards: [{ card_id: id, x: 0, y: 0, w: 4, h: 2, ...fields }],
});

async function share(dashboardId: string, person: Person, permission: string): Promise<void> {
	const { status } = await owner.post(`/dashboards/${dashboardId}/shares`, {
		shared_to_type: 'user',
		shared_to_id: person.userId,
		permission,
	});
	expect(status).toBe(201);
}

describe('POST /dashboards', () => {
	test('makes one with a name alone', async () => {
		const { status, data, headers } = await owner.post('/dashboards', { name: ' Board ' });
		expect(status).toBe(201);
		expect(data).toEqual({
			dashboard_id: expect.stringMatching(/^dash_[0-9a-z]{12,}$/),
			name: 'Board',
			description: null,
			owner: { user_id: owner.userId, name: 'Olga' },
			my_permission: 'owner',
			layout: { cards: [], columns: 12, row_height: 100 },
			filters: [],
			default_filter_view_id: null,
			created_at: expect.any(String),
			updated_at: expect.any(String),
			revision: 1,
		});
		expect(headers.get('etag')).toBe('"1"');
	});

	test.each([
		['name', { name: '' }],
		['layout.cards.0.w', { layout: at('card_x', { w: 0 }) }],
		['layout.cards.0.x', { layout: at('card_x', { x: -1 }) }],
		['layout.cards.0.y', { layout: at('card_x', { y: 10_000 }) }],
		['layout.cards.0.h', { layout: at('card_x', { h: 1.5 }) }],
		['layout.cards.0.card_id', { layout: at('card_0000000000000000') }],
		['layout.cards', { layout: { cards: 'none' } }],
		['layout.columns', { layout: { cards: [], columns: 7 } }],
		['filters.0.type', { filters: [{ id: 'a', type: 'slider', column: 'a', label: 'A' }] }],
		['filters.0.id', { filters: [{ id: 'a b', type: 'category', column: 'a', label: 'A' }] }],
		[
			'filters.0.multi_select',
			{ filters: [{ id: 'a', type: 'category', column: 'a', label: 'A', multi_select: 'yes' }] },
		],
		['description', { description: 5 }],
	])('a bad %s is refused and named', async (field, fields) => {
		const { status, error } = await owner.post('/dashboards', { name: 'n', ...fields });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});

	test('filter ids are unique', async () => {
		const filter = { id: 'a', type: 'category', column: 'a', label: 'A' };
		const { status, error } = await owner.post('/dashboards', { name: 'n', filters: [filter, filter] });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)[0]).toMatch(/^filters/);
	});

	test("somebody else's card is refused like one that is absent", async () => {
		const foreign = await stranger.post('/dashboards', { name: 'n', layout: at(cardId) });
		const absent = await stranger.post('/dashboards', { name: 'n', layout: at('card_0000000000000000') });
		expect([foreign.status, foreign.body]).toEqual([400, absent.body]);
	});
});

describe('one dashboard', () => {
	test('shows up in the lists of those who see it, with their permission', async () => {
		const name = `Board ${crypto.randomUUID()}`;
		const dashboardId = await newDashboard(owner, { name, layout: at(cardId) });
		const find = async (person: Person) => (await person.get(`/dashboards?q=${encodeURIComponent(name)}`)).data;
		expect(await find(owner)).toMatchObject([
			{ dashboard_id: dashboardId, card_count: 1, my_permission: 'owner', owner: { name: 'Olga' } },
		]);
		expect(await find(stranger)).toEqual([]);
		await share(dashboardId, stranger, 'viewer');
		expect(await find(stranger)).toMatchObject([{ dashboard_id: dashboardId, my_permission: 'viewer' }]);
		expect((await stranger.get(`/dashboards/${dashboardId}`)).data).toMatchObject({
			my_permission: 'viewer',
			layout: at(cardId),
		});
		expect((await (await admin()).get(`/dashboards/${dashboardId}`)).data.my_permission).toBe('owner');
	});

	test('who has no role is told that it is not there; who has too low a role, that they may not', async () => {
		const [viewer, editor] = await Promise.all([newPerson('Vera'), newPerson('Edo')]);
		const dashboardId = await newDashboard(owner);
		await share(dashboardId, viewer, 'viewer');
		await share(dashboardId, editor, 'editor');
		const path = `/dashboards/${dashboardId}`;
		const asks = [
			(who: Person) => who.put(path, { name: 'Changed' }),
			(who: Person) => who.get(`${path}/shares`),
			(who: Person) => who.get(`${path}/referenced-datasets`),
			(who: Person) => who.post(`${path}/shares`, { permission: 'nonsense' }),
			(who: Person) => who.remove(path),
		];
		for (const ask of asks) expectNotThere(await ask(stranger));
		for (const ask of asks) expect((await ask(viewer)).error.code).toBe('FORBIDDEN');
		for (const ask of asks.slice(1)) expect((await ask(editor)).error.code).toBe('FORBIDDEN');
		expect((await asks[0]!(editor)).data.name).toBe('Changed');
		expect((await viewer.put(path, { layout: 'nonsense' })).status).toBe(403);
		expect((await editor.put(path, { layout: 'nonsense' })).status).toBe(400);
		expect((await editor.put(path, { layout: at(cardId) })).error.details.fields).toHaveProperty(
			'layout.cards.0.card_id',
		);
	});

	test('an editor keeps cards of others that are on it already', async () => {
		const editor = await newPerson('Edo');
		const dashboardId = await newDashboard(owner, { layout: at(cardId) });
		await share(dashboardId, editor, 'editor');
		const { status, data } = await editor.put(`/dashboards/${dashboardId}`, { layout: at(cardId, { x: 3 }) });
		expect([status, data?.layout.cards[0].x]).toEqual([200, 3]);
	});

	test('a category without fixed choices is read back with those of its data', async () => {
		const datasetId = await newDataset(owner);
		const onData = await newCard(owner, { card_type: 'code', code: CODE, dataset_id: datasetId });
		const filters = [
			{ id: 'region', type: 'category', column: 'region', label: 'Region', multi_select: true },
			{ id: 'fixed', type: 'category', column: 'region', label: 'Fixed', options: ['b', 'a'] },
			{ id: 'day', type: 'date_range', column: 'day', label: 'Day' },
		];
		const dashboardId = await newDashboard(owner, { layout: at(onData), filters });
		const { data } = await owner.get(`/dashboards/${dashboardId}`);
		expect(data.filters).toEqual([{ ...filters[0], options: ['north', 'south'] }, filters[1], filters[2]]);
		expect((await owner.get(`/dashboards/${dashboardId}/referenced-datasets`)).data).toEqual([
			{ dataset_id: datasetId, name: 'Sales' },
		]);
	});

	test('deleting it ends its shares and leaves its cards', async () => {
		const dashboardId = await newDashboard(owner, { layout: at(cardId) });
		await share(dashboardId, stranger, 'owner');
		expect((await stranger.remove(`/dashboards/${dashboardId}`)).status).toBe(204);
		for (const who of [owner, stranger, await admin()]) {
			expectNotThere(await who.get(`/dashboards/${dashboardId}`));
			expectNotThere(await who.remove(`/dashboards/${dashboardId}`));
			expectNotThere(await who.get(`/dashboards/${dashboardId}/shares`));
		}
		expect((await owner.get(`/cards/${cardId}`)).status).toBe(200);
	});
});

describe('POST /dashboards/{dashboard_id}/clone', () => {
	test('a viewer gets a copy of their own, without the shares', async () => {
		const viewer = await newPerson('Vera');
		const dashboardId = await newDashboard(owner, { name: 'Original', description: 'd', layout: at(cardId) });
		await share(dashboardId, viewer, 'viewer');
		expectNotThere(await stranger.post(`/dashboards/${dashboardId}/clone`, {}));
		const { status, data } = await viewer.post(`/dashboards/${dashboardId}/clone`);
		expect(status).toBe(201);
		expect(data).toMatchObject({
			name: 'Original (copy)',
			description: 'd',
			owner: { user_id: viewer.userId },
			my_permission: 'owner',
			layout: at(cardId),
			revision: 1,
		});
		expect(data.dashboard_id).not.toBe(dashboardId);
		expect((await viewer.get(`/dashboards/${data.dashboard_id}/shares`)).data).toEqual([]);
		expect((await viewer.post(`/dashboards/${dashboardId}/clone`, { name: 'Mine' })).data.name).toBe('Mine');
		expect((await viewer.post(`/dashboards/${dashboardId}/clone`, { name: '' })).status).toBe(400);
	});
});
