// Filter views of a dashboard by REST.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, anonymous, expectNotThere, newDashboard, newPerson, type Caller, type Person } from './api';

let owner: Person;
let editor: Person;
let viewer: Person;
let stranger: Person;
let dashboardId: string;
let path: string;

const FILTERS = [
	{ id: 'region', type: 'category', column: 'region', label: 'Region', multi_select: true },
	{ id: 'when', type: 'date_range', column: 'day', label: 'When' },
];
const STATE = { region: { values: ['EMEA'], include_null: true }, when: { relative: 'last-30d' } };
const VIEW = { name: 'Europe', filter_state: STATE };

beforeAll(async () => {
	[owner, editor, viewer, stranger] = (await Promise.all(
		['Olga', 'Edda', 'Vera', 'Stan'].map((name) => newPerson(name)),
	)) as [Person, Person, Person, Person];
	dashboardId = await newDashboard(owner, { filters: FILTERS });
	path = `/dashboards/${dashboardId}/filter-views`;
	await share(editor, 'editor');
	await share(viewer, 'viewer');
});

async function share({ userId }: Person, permission: string): Promise<void> {
	const target = { shared_to_type: 'user', shared_to_id: userId, permission };
	expect((await owner.post(`/dashboards/${dashboardId}/shares`, target)).status).toBe(201);
}

async function made(caller: Caller, fields: object = {}) {
	const { status, data, error } = await caller.post(path, { ...VIEW, ...fields });
	expect([status, error]).toEqual([201, undefined]);
	return data;
}

const defaultId = async () => (await viewer.get(`/dashboards/${dashboardId}`)).data.default_filter_view_id;

describe('filter views', () => {
	test('one is made by whoever may view, read back, changed and deleted', async () => {
		const view = await made(viewer);
		expect(view).toEqual({
			filter_view_id: expect.stringMatching(/^fv_/),
			dashboard_id: dashboardId,
			name: 'Europe',
			owner: { user_id: viewer.userId, name: 'Vera' },
			filter_state: STATE,
			is_shared: false,
			is_default: false,
			created_at: expect.any(String),
			updated_at: expect.any(String),
		});
		const one = `${path}/${view.filter_view_id}`;
		expect((await viewer.get(one)).data).toEqual(view);
		expect((await viewer.get(`${path}?q=euro`)).body).toEqual({
			data: [view],
			pagination: { total: 1, limit: 50, offset: 0, has_next: false },
		});
		const changed = await viewer.put(one, { name: '  North ', filter_view_id: 'fv_x', owner: 'me' });
		expect([changed.status, changed.data]).toEqual([
			200,
			{ ...view, name: 'North', updated_at: changed.data.updated_at },
		]);
		expect((await viewer.put(one, { filter_state: {} })).data.filter_state).toEqual({});
		expect((await viewer.remove(one)).status).toBe(204);
		for (const answer of [await viewer.get(one), await viewer.put(one, VIEW), await viewer.remove(one)])
			expectNotThere(answer);
	});

	test('keep any number that JSON has', async () => {
		const filter_state = { region: [-4.339745442477969e-278, 1e300, 2 ** 60] };
		const view = await made(viewer, { filter_state });
		expect(view.filter_state).toEqual(filter_state);
		expect((await viewer.get(`${path}/${view.filter_view_id}`)).data).toEqual(view);
		expect((await viewer.remove(`${path}/${view.filter_view_id}`)).status).toBe(204);
	});

	test("a private one is its maker's alone, also before owner and admin", async () => {
		const { filter_view_id: id } = await made(viewer);
		for (const other of [owner, editor, await admin()]) {
			expectNotThere(await other.get(`${path}/${id}`));
			expectNotThere(await other.put(`${path}/${id}`, { name: 'Mine', is_shared: true }));
			expectNotThere(await other.remove(`${path}/${id}`));
			expect((await other.get(path)).data).toEqual([]);
		}
		expect((await viewer.remove(`${path}/${id}`)).status).toBe(204);
	});

	test('whoever may not see the dashboard sees none of it', async () => {
		const { filter_view_id: id } = await made(owner, { is_shared: true });
		expectNotThere(await stranger.get(path));
		expectNotThere(await stranger.post(path, VIEW));
		expectNotThere(await stranger.get(`${path}/${id}`));
		expectNotThere(await stranger.remove(`${path}/${id}`));
		expect((await anonymous.get(path)).status).toBe(401);
		expect((await owner.remove(`${path}/${id}`)).status).toBe(204);
	});

	test('sharing needs an editor and choosing the default an owner, and what is refused changes nothing', async () => {
		for (const [caller, fields] of [
			[viewer, { is_shared: true }],
			[viewer, { is_default: true }],
			[editor, { is_default: true }],
		] as const) {
			const { status, error } = await caller.post(path, { ...VIEW, ...fields });
			expect([status, error.code]).toEqual([403, 'FORBIDDEN']);
		}
		expect((await owner.get(path)).data).toEqual([]);
		const { filter_view_id: id } = await made(editor, { is_shared: true });
		const one = `${path}/${id}`;
		expect((await viewer.get(one)).data).toMatchObject({ is_shared: true, owner: { user_id: editor.userId } });
		expect((await viewer.put(one, { name: 'x' })).status).toBe(403);
		expect((await viewer.remove(one)).status).toBe(403);
		expect((await editor.put(one, { name: 'y', is_default: true })).status).toBe(403);
		expect((await owner.get(one)).data).toMatchObject({ name: 'Europe', is_default: false });
		expect((await owner.put(one, { is_shared: false })).status).toBe(200);
		expectNotThere(await owner.get(one));
		expect((await editor.remove(one)).status).toBe(204);
	});

	test('one default at most, also when ten are chosen at once; none once it is deleted', async () => {
		const views = await Promise.all(Array.from({ length: 10 }, (_, n) => made(owner, { name: `View ${n}` })));
		const answers = await Promise.all(
			views.map(({ filter_view_id: id }) => owner.put(`${path}/${id}`, { is_default: true })),
		);
		expect(answers.map(({ status }) => status)).toEqual(views.map(() => 200));
		const chosen = (await owner.get(path)).data.filter((view: { is_default: boolean }) => view.is_default);
		expect(chosen).toHaveLength(1);
		expect(await defaultId()).toBe(chosen[0].filter_view_id);
		expect((await viewer.get(path)).data).toEqual(chosen);

		expect((await owner.remove(`${path}/${chosen[0].filter_view_id}`)).status).toBe(204);
		expect(await defaultId()).toBeNull();
		const { filter_view_id: id } = await made(owner, { is_default: true, is_shared: true });
		expect(await defaultId()).toBe(id);
		expect((await owner.put(`${path}/${id}`, { is_default: false })).data).toMatchObject({ is_default: false });
		expect(await defaultId()).toBeNull();
	});

	test('one of another dashboard is not there', async () => {
		const other = await newDashboard(owner);
		const { data } = await owner.post(`/dashboards/${other}/filter-views`, { ...VIEW, is_default: true });
		expectNotThere(await owner.get(`${path}/${data.filter_view_id}`));
		expectNotThere(await owner.put(`${path}/${data.filter_view_id}`, { is_default: true }));
		expectNotThere(await owner.remove(`${path}/${data.filter_view_id}`));
		expectNotThere(await owner.get(`${path}/${'x'.repeat(3000)}`));
		expectNotThere(await owner.get(`${path}/${dashboardId}`));
		expect(await defaultId()).toBeNull();
		expect((await owner.remove(`/dashboards/${other}`)).status).toBe(204);
		expectNotThere(await owner.get(`/dashboards/${other}/filter-views`));
	});

	test.each([
		['name', { name: ' ' }],
		['name', { name: 'x'.repeat(256) }],
		['name', { name: null }],
		['filter_state', { filter_state: 'EMEA' }],
		['filter_state', { filter_state: undefined }],
		[
			'filter_state',
			{ filter_state: { region: Array.from({ length: 70 }, (_, n) => `${n}`.repeat(1000).slice(0, 1000)) } },
		],
		['filter_state.when', { filter_state: { when: ['2024'] } }],
		['filter_state.region', { filter_state: { region: { start: '2024-01-01' } } }],
		['is_shared', { is_shared: 'yes' }],
		['is_default', { is_default: 1 }],
	])('a bad %s is refused and named', async (field, fields) => {
		const { status, error } = await owner.post(path, { ...VIEW, ...fields });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});
});
