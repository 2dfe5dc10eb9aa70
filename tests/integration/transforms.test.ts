// Transforms as their owner writes them: what may be one, what they may read, and what may be deleted. How they run is in
// transform-runs.test.ts.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv } from './data';
import { admin, newPerson, type Person } from './people';
import { storeOf } from './transforms';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;
let sales: string;
let evesData: string;

const CODE = 'def transform(inputs, params):\n    return inputs["sales"]\n';
const of = (person: Person) => worker.client(person.token);

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
	sales = await importCsv(worker, ada, { name: 'sales', csv: 'region,amount\nAPAC,1\nEMEA,2\n' });
	evesData = await importCsv(worker, eve, { name: 'eves', csv: 'a\n1\n' });
});
afterAll(() => worker.stop());

const create = (fields: Record<string, unknown> = {}) =>
	of(ada).transforms.create.mutate({ name: 'Totals', inputDatasetIds: [sales], code: CODE, ...fields });

describe('a transform', () => {
	test('is read as it was written, and does not run yet', async () => {
		const made = await create({ params: { top: 3 }, schedule: '30 6 * * MON-FRI', timeZone: 'Europe/Berlin' });
		expect(made).toMatchObject({
			name: 'Totals',
			code: CODE,
			params: { top: 3 },
			owner: { userId: ada.userId, name: 'Ada' },
			inputs: [{ datasetId: sales, alias: 'sales', name: 'sales' }],
			inputDatasetIds: [sales],
			outputDatasetId: null,
			outputName: null,
			schedule: '30 6 * * MON-FRI',
			timeZone: 'Europe/Berlin',
			runOnInput: false,
			lastRun: null,
			revision: 1,
		});
		expect(made.nextRuns).toHaveLength(3);
		expect(await of(ada).transforms.get.query(made)).toEqual(made);
		const [listed] = (await of(ada).transforms.list.query({})).items;
		expect(listed).toMatchObject({ transformId: made.transformId, nextRuns: made.nextRuns, lastRun: null });
		expect(listed).toMatchObject({ inputs: made.inputs, outputName: null });
		expect(listed).not.toHaveProperty('code');
		const { items, pagination } = await of(ada).transforms.executions.query(made);
		expect([items, pagination.total]).toEqual([[], 0]);
	});

	test('is changed by what is named, and knows an input by the name that it had', async () => {
		const { transformId } = await create({ schedule: '0 * * * *' });
		await of(ada).datasets.update.mutate({ datasetId: sales, name: 'Sales of the year' });
		const changed = await of(ada).transforms.update.mutate({ transformId, name: 'Sums', schedule: null, revision: 1 });
		expect(changed).toMatchObject({ name: 'Sums', code: CODE, schedule: null, nextRuns: [], revision: 2 });
		expect(changed.inputs).toEqual([{ datasetId: sales, alias: 'sales', name: 'Sales of the year' }]);
		await of(ada).datasets.update.mutate({ datasetId: sales, name: 'sales' });
		await expect(of(ada).transforms.update.mutate({ transformId, name: 'X', revision: 1 })).rejects.toMatchObject({
			code: 'REVISION_CONFLICT',
			details: { current: { name: 'Sums', revision: 2 } },
		});
	});

	test('of many equal changes at once takes exactly one', async () => {
		const { transformId } = await create();
		const writes = Array.from({ length: 10 }, (_none, index) =>
			of(ada).transforms.update.mutate({ transformId, name: `N${index}`, revision: 1 }),
		);
		const done = (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled');
		expect(done).toHaveLength(1);
	});

	test.each([
		[{ code: 'x = 1' }, 'code'],
		[{ schedule: '0 * * * * *' }, 'schedule'],
		[{ schedule: 'tomorrow' }, 'schedule'],
		[{ timeZone: 'Mars/Olympus' }, 'timeZone'],
		[{ inputDatasetIds: ['ds_0000000000000000'] }, 'inputDatasetIds.0'],
		[{ params: { text: 'x'.repeat(70_000) } }, 'params'],
		[{ name: ' ' }, 'name'],
	])('with %j is refused, naming the field', async (fields, field) => {
		const refusal = { code: 'VALIDATION_ERROR', details: { fields: { [field]: expect.any(String) } } };
		await expect(create(fields)).rejects.toMatchObject(refusal);
		const { transformId } = await create();
		await expect(of(ada).transforms.update.mutate({ transformId, ...fields })).rejects.toMatchObject(refusal);
	});

	test('tells when a schedule comes next, and why one never does', async () => {
		const { nextRuns } = of(ada).transforms;
		const times = await nextRuns.query({ schedule: '0 9 * * *', timeZone: 'Asia/Tokyo' });
		expect(times.map((time) => time.slice(10))).toEqual(Array(3).fill('T00:00:00.000Z'));
		await expect(nextRuns.query({ schedule: '* *', timeZone: 'UTC' })).rejects.toMatchObject({
			details: { fields: { schedule: expect.stringContaining('five fields') } },
		});
	});
});

describe('the inputs of a transform', () => {
	test('are datasets that its owner may use, one at a time and not before they are shared', async () => {
		const named = (field: string) => ({ details: { fields: { [field]: 'is not a dataset of yours' } } });
		await expect(create({ inputDatasetIds: [sales, evesData] })).rejects.toMatchObject(named('inputDatasetIds.1'));
		const to = { sharedToType: 'user', sharedToId: ada.userId, permission: 'viewer' } as const;
		const share = await of(eve).datasetShares.create.mutate({ datasetId: evesData, ...to });
		const { transformId, inputs } = await create({ inputDatasetIds: [sales, evesData] });
		expect(inputs.map(({ alias }) => alias)).toEqual(['sales', 'eves']);
		// One that it had stays when it is not shared any more: its next run says so.
		await of(eve).datasetShares.remove.mutate({ datasetId: evesData, shareId: share.id });
		const renamed = await of(ada).transforms.update.mutate({ transformId, inputDatasetIds: [evesData], name: 'X' });
		expect(renamed.inputs).toEqual([{ datasetId: evesData, alias: 'eves', name: 'eves' }]);
		await of(ada).transforms.remove.mutate({ transformId });
	});

	test('are those that its owner may use when an admin changes it, too', async () => {
		const { transformId } = await create();
		const change = of(boss).transforms.update.mutate({ transformId, inputDatasetIds: [evesData] });
		await expect(change).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
		expect(await of(boss).transforms.update.mutate({ transformId, name: 'Seen to' })).toMatchObject({
			owner: { userId: ada.userId },
			name: 'Seen to',
		});
	});

	test('cannot be deleted while it uses them, and can be once it is deleted', async () => {
		const datasetId = await importCsv(worker, ada, { name: 'short-lived', csv: 'a\n1\n' });
		const { transformId } = await create({ name: 'User of it', inputDatasetIds: [datasetId] });
		await expect(of(ada).datasets.remove.mutate({ datasetId })).rejects.toMatchObject({
			code: 'IN_USE',
			details: { usedBy: [{ id: transformId, kind: 'transform', name: 'User of it' }] },
		});
		await of(ada).transforms.remove.mutate({ transformId });
		await of(ada).datasets.remove.mutate({ datasetId });
		await expect(of(ada).transforms.get.query({ transformId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(of(ada).transforms.remove.mutate({ transformId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});
});

describe('a preview', () => {
	test('of a saved transform reads what its owner may, by the names that its code has for them, whoever asks', async () => {
		const { transformId } = await create();
		const draft = { transformId, inputDatasetIds: [sales], code: CODE };
		for (const person of [ada, boss]) {
			const preview = await of(person).transforms.preview.mutate(draft);
			expect(preview).toMatchObject({ rowCount: 2, inputRows: { sales: 2 }, truncated: false });
		}
		const foreign = of(boss).transforms.preview.mutate({ ...draft, inputDatasetIds: [evesData] });
		await expect(foreign).rejects.toMatchObject({ details: { fields: { 'inputDatasetIds.0': expect.any(String) } } });
	});

	test('of a transform that is absent or somebody else’s is refused, naming the field', async () => {
		const { transformId: eves } = await of(eve).transforms.create.mutate({
			name: 'E',
			code: CODE,
			inputDatasetIds: [],
		});
		for (const transformId of ['tf_0000000000000000', eves]) {
			const refused = of(ada).transforms.preview.mutate({ transformId, inputDatasetIds: [sales], code: CODE });
			const fields = { transformId: 'is not a transform of yours' };
			await expect(refused).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { fields } });
		}
		await of(eve).transforms.remove.mutate({ transformId: eves });
	});
});

test('nobody has more than five hundred', async () => {
	const many = await newPerson(worker, boss, 'Many');
	const fields = { name: 'N', code: CODE, inputDatasetIds: [] };
	const { transformId } = await of(many).transforms.create.mutate(fields);
	const store = storeOf(services);
	const item = (await store.get({ table: 'transforms', key: { transformId } }))!;
	const others = Array.from({ length: 499 }, (_none, at) => `tf_${String(at).padStart(16, '0')}`);
	await Promise.all(others.map((id) => store.put({ table: 'transforms', item: { ...item, transformId: id } })));
	await expect(of(many).transforms.create.mutate(fields)).rejects.toMatchObject({
		code: 'VALIDATION_ERROR',
		details: { fields: { name: 'would be transform 501; 500 are possible' } },
	});
	await of(many).transforms.remove.mutate({ transformId: others[0]! });
	await of(many).transforms.create.mutate(fields);
});

test('a transform is its owner’s and the admins’ alone', async () => {
	const { transformId } = await create();
	await expect(of(eve).transforms.get.query({ transformId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	await expect(of(eve).transforms.execute.mutate({ transformId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	expect((await of(eve).transforms.list.query({})).items).toEqual([]);
	expect(await of(boss).transforms.get.query({ transformId })).toMatchObject({ owner: { name: 'Ada' } });
});
