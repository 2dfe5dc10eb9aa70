// Filter views of a dashboard: whose they are, what it opens with, and what opening with one costs.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Outputs } from '$lib/client';
import { Cost } from '../../src/worker/cost';
import { keyOf } from '../../src/worker/entities/dashboard/repository';
import { keyOf as viewKeyOf } from '../../src/worker/entities/filter-view/repository';
import { MAX_VIEWS } from '../../src/worker/entities/filter-view/rules';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { change } from '../../src/worker/infra/dynamo/expression';
import { startApiWorker, type ApiWorker } from './api-worker';
import { callsOf, importCsv, newDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;
let vic: Person;
let cardId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	const made = await Promise.all((['Ada', 'Eve', 'Vic'] as const).map((name) => newPerson(worker, boss, name)));
	[ada, eve, vic] = made as [Person, Person, Person];
	const datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
	({ cardId } = await by(ada).cards.create.mutate({ name: 'Sum', datasetId, code: sumCard('sum') }));
});
afterAll(() => worker.stop());

const by = (person: Person) => worker.client(person.token);
const EMEA = { region: ['EMEA'] };

const share = (dashboardId: string, person: Person, permission: 'viewer' | 'editor') =>
	by(ada).shares.create.mutate({ dashboardId, sharedToType: 'user', sharedToId: person.userId, permission });

/** A dashboard of Ada's that Eve may edit and Vic may view. */
async function shared(): Promise<string> {
	const { dashboardId } = await newDashboard(worker, ada, [cardId]);
	await Promise.all([share(dashboardId, eve, 'editor'), share(dashboardId, vic, 'viewer')]);
	return dashboardId;
}

type Fields = { name?: string; isShared?: boolean; isDefault?: boolean };
const make = (person: Person, dashboardId: string, fields: Fields = {}) =>
	by(person).filterViews.create.mutate({ dashboardId, name: 'Europe', filterState: EMEA, ...fields });
const namesFor = async (person: Person, dashboardId: string) =>
	(await by(person).filterViews.list.query({ dashboardId })).items.map(({ name }) => name);
const refused = (code: string) => expect.objectContaining({ code });

describe('a filter view', () => {
	test("that is private is its maker's alone, and not there for owner and admin", async () => {
		const dashboardId = await shared();
		const { filterViewId } = await make(vic, dashboardId);
		const ref = { dashboardId, filterViewId };
		expect(await by(vic).filterViews.get.query(ref)).toMatchObject({
			...ref,
			name: 'Europe',
			owner: { userId: vic.userId, name: 'Vic' },
			filterState: EMEA,
			isShared: false,
			isDefault: false,
		});
		for (const person of [ada, eve, boss]) {
			expect(await namesFor(person, dashboardId)).toEqual([]);
			const { filterViews } = by(person);
			await expect(filterViews.get.query(ref)).rejects.toEqual(refused('NOT_FOUND'));
			await expect(filterViews.update.mutate({ ...ref, isShared: true })).rejects.toEqual(refused('NOT_FOUND'));
			await expect(filterViews.remove.mutate(ref)).rejects.toEqual(refused('NOT_FOUND'));
		}
		await by(vic).filterViews.remove.mutate(ref);
		await expect(by(vic).filterViews.remove.mutate(ref)).rejects.toEqual(refused('NOT_FOUND'));
	});

	test('is shared by editors, chosen as default by owners, and then changed by editors alone', async () => {
		const dashboardId = await shared();
		await expect(make(vic, dashboardId, { isShared: true })).rejects.toEqual(refused('FORBIDDEN'));
		await expect(make(eve, dashboardId, { isDefault: true })).rejects.toEqual(refused('FORBIDDEN'));
		const { filterViewId } = await make(eve, dashboardId, { isShared: true });
		const ref = { dashboardId, filterViewId };
		expect(await namesFor(vic, dashboardId)).toEqual(['Europe']);
		const rename = (person: Person) => by(person).filterViews.update.mutate({ ...ref, name: `By ${person.email}` });
		await expect(rename(vic)).rejects.toEqual(refused('FORBIDDEN'));
		expect(await rename(ada)).toMatchObject({ name: `By ${ada.email}`, owner: { name: 'Eve' }, filterState: EMEA });
		await expect(by(eve).filterViews.update.mutate({ ...ref, isDefault: true })).rejects.toEqual(refused('FORBIDDEN'));
		expect(await by(ada).filterViews.update.mutate({ ...ref, isDefault: true })).toMatchObject({ isDefault: true });
		expect((await by(vic).dashboards.get.query({ dashboardId })).defaultFilterViewId).toBe(filterViewId);
	});

	test('of another dashboard, or of one that nobody sees any more, is not there', async () => {
		const [one, other] = [await shared(), await shared()];
		const { filterViewId } = await make(ada, other, { isShared: true });
		const update = by(ada).filterViews.update.mutate({ dashboardId: one, filterViewId, isDefault: true });
		await expect(update).rejects.toEqual(refused('NOT_FOUND'));
		expect((await by(ada).dashboards.get.query({ dashboardId: one })).defaultFilterViewId).toBeNull();
		const absent = by(ada).filterViews.get.query({ dashboardId: one, filterViewId: 'fv_0000000000000000' });
		await expect(absent).rejects.toEqual(refused('NOT_FOUND'));
	});

	test('is swept with its dashboard, and no copy has any', async () => {
		const dashboardId = await shared();
		const { filterViewId } = await make(ada, dashboardId, { isDefault: true });
		const copy = await by(ada).dashboards.clone.mutate({ dashboardId });
		expect(copy.defaultFilterViewId).toBeNull();
		expect(await namesFor(ada, copy.dashboardId)).toEqual([]);
		await by(ada).dashboards.remove.mutate({ dashboardId });
		expect(await createDynamo(services.dynamo)(new Cost()).get(viewKeyOf(filterViewId))).toBeNull();
	});

	test('is one of two hundred at most', async () => {
		const dashboardId = await shared();
		const dynamo = createDynamo(services.dynamo)(new Cost());
		await dynamo.update({ ...keyOf(dashboardId), update: change({ filterViews: MAX_VIEWS - 1 }) });
		const made = await Promise.allSettled([1, 2, 3].map(() => make(vic, dashboardId)));
		expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		await expect(make(vic, dashboardId)).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { name: expect.stringContaining('200') } },
		});
	});
});

describe('the default view', () => {
	const isDefault = true;
	type View = Outputs['dashboards']['view'];
	const open = async (person: Person, dashboardId: string, query = ''): Promise<View> =>
		by(person).dashboards.view.query({ dashboardId, query });

	test('is one at most, however many are chosen at once, and none once it is deleted', async () => {
		const dashboardId = await shared();
		const made = await Promise.all(
			Array.from({ length: 10 }, (_, n) => make(ada, dashboardId, { name: `${n}`, isDefault })),
		);
		expect(made.every((view) => view.isDefault)).toBe(true);
		const { items } = await by(ada).filterViews.list.query({ dashboardId });
		const [chosen, ...more] = items.filter((view) => view.isDefault);
		expect(more).toEqual([]);
		expect((await by(ada).dashboards.get.query({ dashboardId })).defaultFilterViewId).toBe(chosen!.filterViewId);

		// While it is deleted, somebody says again that it is the default: either way none is left that is not there.
		const ref = { dashboardId, filterViewId: chosen!.filterViewId };
		const other = items.find((view) => !view.isDefault)!.filterViewId;
		await Promise.allSettled([
			by(ada).filterViews.remove.mutate(ref),
			by(ada).filterViews.update.mutate({ ...ref, isDefault }),
			by(ada).filterViews.update.mutate({ dashboardId, filterViewId: other, isDefault: false }),
		]);
		expect((await by(ada).dashboards.get.query({ dashboardId })).defaultFilterViewId).toBeNull();
	});

	test('is seen by all while it is the default, shared or not', async () => {
		const dashboardId = await shared();
		const { filterViewId } = await make(ada, dashboardId, { isDefault });
		expect(await namesFor(vic, dashboardId)).toEqual(['Europe']);
		await make(ada, dashboardId, { name: 'World', isDefault });
		expect(await namesFor(vic, dashboardId)).toEqual(['World']);
		expect(await namesFor(ada, dashboardId)).toEqual(['World', 'Europe']);
		await expect(by(vic).filterViews.get.query({ dashboardId, filterViewId })).rejects.toEqual(refused('NOT_FOUND'));
	});

	test('is what a dashboard opens with unless its address says otherwise', async () => {
		const dashboardId = await shared();
		expect(await open(vic, dashboardId)).toMatchObject({ filterState: {}, knownViews: [] });
		const { filterViewId } = await make(ada, dashboardId, { isDefault });
		const known = [{ filterViewId, name: 'Europe', filterState: EMEA }];
		expect(await open(vic, dashboardId)).toMatchObject({ filterState: EMEA, knownViews: known });
		expect(await open(vic, dashboardId, '?view=none')).toMatchObject({ filterState: {}, knownViews: known });
		const apac = await open(vic, dashboardId, `?view=${filterViewId}&f.region=APAC`);
		expect(apac).toMatchObject({ filterState: { region: ['APAC'] }, knownViews: known });

		await by(ada).filterViews.update.mutate({
			dashboardId,
			filterViewId,
			name: 'Asia',
			filterState: { region: 'APAC' },
		});
		expect(await open(vic, dashboardId)).toMatchObject({
			filterState: { region: ['APAC'] },
			knownViews: [{ name: 'Asia' }],
		});
		await by(ada).dashboards.update.mutate({ dashboardId, filters: [] });
		expect((await open(vic, dashboardId)).filterState).toEqual({});
		await by(ada).filterViews.remove.mutate({ dashboardId, filterViewId });
		expect(await open(vic, dashboardId)).toMatchObject({ defaultFilterViewId: null, knownViews: [] });
	});

	test('a page knows the name of the view that its address was chosen from, if its reader may', async () => {
		const dashboardId = await shared();
		const [mine, theirs] = [await make(vic, dashboardId), await make(eve, dashboardId)];
		const known = async (filterViewId: string) =>
			(await open(vic, dashboardId, `?view=${filterViewId}&f.region=EMEA`)).knownViews.map(({ name }) => name);
		expect(await known(mine.filterViewId)).toEqual(['Europe']);
		expect(await known(theirs.filterViewId)).toEqual([]);
		const elsewhere = await make(vic, await shared());
		expect(await known(elsewhere.filterViewId)).toEqual([]);
	});

	test('costs nothing more: one batch for a newcomer, no call within the access TTL; another view one for its name', async () => {
		const dashboardId = await shared();
		await make(ada, dashboardId, { isDefault });
		const costOf = async (person: Person, query = '') => {
			const input = encodeURIComponent(
				JSON.stringify(JSON.stringify([{ dashboardId: 1, query: 2 }, dashboardId, query])),
			);
			const headers = { authorization: `Bearer ${person.token}` };
			const answer = await fetch(`${worker.url}/trpc/dashboards.view?input=${input}`, { headers });
			expect(answer.status, await answer.text()).toBe(200);
			return callsOf(answer.headers.get('server-timing') ?? '').dynamo;
		};
		await costOf(ada);
		expect(await costOf(ada)).toBe(0);
		const { filterViewId } = await make(ada, dashboardId);
		expect(await costOf(ada, `?view=${filterViewId}&f.region=EMEA`)).toBe(1);
		const guest = await newPerson(worker, boss, 'Guest');
		await share(dashboardId, guest, 'viewer');
		expect([await costOf(guest), await costOf(guest)]).toEqual([1, 0]);
	});
});
