// What becomes of a transform that runs: a version of one dataset, or a reason why not; seen from its owner's side.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import * as executions from '../../src/worker/entities/execution/repository';
import { change } from '../../src/worker/infra/dynamo/expression';
import { startApiWorker, type ApiWorker } from './api-worker';
import { bodyOf, importCsv, newDashboard, renderDashboard } from './data';
import { eventually, storedKeys } from './files';
import { admin, newPerson, type Person } from './people';
import { copyOf, output, runTransform, storeOf, whenOver } from './transforms';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;
let sales: string;

const of = (person: Person) => worker.client(person.token);

beforeAll(async () => {
	worker = await startApiWorker({ services, variables: { JOB_LEASE_SECONDS: '4' } });
	boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
	sales = await importCsv(worker, ada, { name: 'sales', csv: 'region,amount\nAPAC,1\nEMEA,2\nAPAC,4\n' });
});
afterAll(() => worker.stop());

const create = (fields: { code: string; inputDatasetIds?: string[]; params?: Record<string, number>; name?: string }) =>
	of(ada).transforms.create.mutate({ name: 'Totals', inputDatasetIds: [sales], ...fields });

const TOTALS = `
def transform(inputs, params):
    print("rows", len(inputs["sales"]))
    totals = inputs["sales"].groupby("region", as_index=False)["amount"].sum()
    totals["amount"] *= params.get("times", 1)
    return totals
`;

describe('a run that goes well', () => {
	test('makes the output, later ones a new version of the same dataset, and says what it did', async () => {
		const { transformId } = await create({ code: TOTALS });
		const first = await runTransform(worker, ada, { transformId });
		expect(first).toMatchObject({
			status: 'succeeded',
			trigger: 'manual',
			step: 'done',
			rowCount: 2,
			error: null,
			log: 'rows 3\n',
			durationMs: expect.any(Number),
			versionId: expect.stringMatching(/^ver_/),
		});
		const { outputDatasetId: datasetId, lastRun, outputName } = await of(ada).transforms.get.query({ transformId });
		expect(outputName).toBe('Totals');
		const [listed] = (await of(ada).transforms.list.query({})).items;
		expect(listed).toMatchObject({ transformId, outputName, inputs: [{ name: 'sales' }] });
		expect(lastRun).toMatchObject({ executionId: first.executionId, status: 'succeeded', rowCount: 2 });
		const made = await of(ada).datasets.get.query({ datasetId: datasetId! });
		expect(made).toMatchObject({
			name: 'Totals',
			sourceType: 'transform',
			status: 'ready',
			owner: { userId: ada.userId },
			versionId: first.versionId,
			rowCount: 2,
			schema: [
				{ name: 'region', type: 'string' },
				{ name: 'amount', type: 'int64' },
			],
		});
		await of(ada).transforms.update.mutate({ transformId, params: { times: 10 } });
		const second = await runTransform(worker, ada, { transformId });
		const remade = await of(ada).datasets.get.query({ datasetId: datasetId! });
		expect(remade).toMatchObject({ datasetId, versionId: second.versionId });
		expect(second.versionId).not.toBe(first.versionId);
		expect((await of(ada).datasets.preview.query({ datasetId: datasetId! })).rows).toEqual([
			['APAC', 50],
			['EMEA', 20],
		]);
		const { items, pagination } = await of(ada).transforms.executions.query({ transformId });
		expect(items).toEqual([second, first]);
		expect(pagination.total).toBe(2);
		const events = (await of(boss).audit.list.query({ resourceId: transformId })).items;
		expect(events.map(({ action, userId }) => [action, userId])).toEqual([
			['TRANSFORM_EXECUTED', ada.userId],
			['TRANSFORM_EXECUTED', ada.userId],
		]);
	});

	test('is seen by the cards and dashboards of its output, warm or not', async () => {
		const { transformId } = await create({ code: TOTALS });
		const datasetId = await output(worker, ada, { transformId });
		const code = `def render(dataset, filters, params):\n    return f"<p>{int(dataset['amount'].sum())}</p>"\n`;
		const { cardId } = await of(ada).cards.create.mutate({ name: 'Sum', datasetId, code });
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const shown = async () => bodyOf(await renderDashboard(worker, ada, dashboardId), cardId);
		expect([await shown(), await shown()]).toEqual(['<p>7</p>', '<p>7</p>']);
		await of(ada).transforms.update.mutate({ transformId, params: { times: 2 } });
		await runTransform(worker, ada, { transformId });
		// A run is over at the write that makes its version; those who know the one before are told after it, and do not find out by age.
		await eventually(async () => (await shown()) === '<p>14</p>', 'the card shows the new version', 5);
	});

	test('is the only one, however many ask for it at once', async () => {
		const { transformId } = await create({ code: `import time\n${TOTALS.replace('print', 'time.sleep(1); print')}` });
		const asked = await Promise.allSettled(
			Array.from({ length: 10 }, () => of(ada).transforms.execute.mutate({ transformId })),
		);
		const begun = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
		expect(begun).toHaveLength(1);
		const { executionId } = begun[0]!;
		for (const reason of refused) expect(reason).toMatchObject({ code: 'ALREADY_RUNNING', details: { executionId } });
		expect(await whenOver(worker, ada, begun[0]!)).toMatchObject({ status: 'succeeded' });
		expect((await of(ada).transforms.executions.query({ transformId })).pagination.total).toBe(1);
	});

	test('needs no input', async () => {
		const code = 'import pandas as pd\ndef transform(inputs, params):\n    return pd.DataFrame({"n": range(5)})\n';
		const { transformId } = await create({ code, inputDatasetIds: [] });
		expect(await runTransform(worker, ada, { transformId })).toMatchObject({ status: 'succeeded', rowCount: 5 });
	});
});

describe('a run that fails', () => {
	const failed = async (person = ada) => (await of(person).auth.self.query()).failedTransforms;

	test('leaves the version before, says why and where, and tells its owner until the next one goes well', async () => {
		const { transformId } = await create({ code: TOTALS });
		const datasetId = await output(worker, ada, { transformId });
		const before = await of(ada).datasets.get.query({ datasetId });
		const stored = await storedKeys(services, `datasets/${datasetId}/`);
		await of(ada).transforms.update.mutate({
			transformId,
			code: 'def transform(inputs, params):\n    print("so far")\n    return inputs["sales"]["nothing"]\n',
		});
		expect(await failed()).toEqual([]);
		const run = await runTransform(worker, ada, { transformId });
		expect(run).toMatchObject({ status: 'failed', rowCount: null, versionId: null, log: 'so far\n' });
		expect(run.error).toMatchObject({ code: 'user_code_error', line: 3 });
		expect(run.error!.message).toContain('nothing');
		expect(await of(ada).datasets.get.query({ datasetId })).toEqual(before);
		expect(await storedKeys(services, `datasets/${datasetId}/`)).toEqual(stored);
		expect(await failed()).toEqual([transformId]);
		expect((await of(ada).auth.me.query()).failedTransforms).toEqual([transformId]);
		const [event] = (await of(boss).audit.list.query({ resourceId: transformId })).items;
		expect(event).toMatchObject({ action: 'TRANSFORM_FAILED', details: { code: 'user_code_error' } });
		// What code said stays with its owner.
		expect(JSON.stringify(event)).not.toContain('nothing');

		await of(ada).transforms.update.mutate({ transformId, code: TOTALS });
		expect(await runTransform(worker, ada, { transformId })).toMatchObject({ status: 'succeeded' });
		expect(await failed()).toEqual([]);
	});

	test('is forgotten with its transform, whose output stays', async () => {
		const { transformId } = await create({ code: TOTALS });
		const datasetId = await output(worker, ada, { transformId });
		await expect(of(ada).datasets.remove.mutate({ datasetId })).rejects.toMatchObject({
			code: 'IN_USE',
			details: { usedBy: [{ id: transformId, kind: 'transform', name: 'Totals', makes: true }] },
		});
		await of(ada).transforms.update.mutate({ transformId, code: 'def transform(inputs, params):\n    return 1\n' });
		const run = await runTransform(worker, ada, { transformId });
		expect(run.error).toMatchObject({ code: 'invalid_result' });
		expect(await failed()).toEqual([transformId]);
		await of(ada).transforms.remove.mutate({ transformId });
		expect(await failed()).toEqual([]);
		expect(await of(ada).datasets.get.query({ datasetId })).toMatchObject({ status: 'ready', rowCount: 2 });
		await of(ada).datasets.remove.mutate({ datasetId });
	});

	test('for an input that is not shared any more names it, in the words of the code', async () => {
		const datasetId = await importCsv(worker, eve, { name: 'eves', csv: 'a\n1\n' });
		const to = { sharedToType: 'user', sharedToId: ada.userId, permission: 'viewer' } as const;
		const share = await of(eve).datasetShares.create.mutate({ datasetId, ...to });
		const { transformId } = await create({ code: copyOf('eves'), inputDatasetIds: [datasetId] });
		expect(await runTransform(worker, ada, { transformId })).toMatchObject({ status: 'succeeded' });
		await of(eve).datasetShares.remove.mutate({ datasetId, shareId: share.id });
		// Also when somebody starts it who may read everything: it is its owner's.
		expect(await runTransform(worker, boss, { transformId })).toMatchObject({
			status: 'failed',
			error: { code: 'input_not_shared', message: 'The input “eves” is not shared with you any more.' },
		});
		expect(await failed()).toContain(transformId);
		expect(await failed(boss)).toEqual([]);
		await of(ada).transforms.remove.mutate({ transformId });
	});
});

describe('a run that is cancelled', () => {
	test('in its code ends, makes nothing and frees the place for the next', async () => {
		const code = 'import time\ndef transform(inputs, params):\n    time.sleep(120)\n';
		const { transformId } = await create({ code });
		const { executionId } = await of(ada).transforms.execute.mutate({ transformId });
		await eventually(
			async () => (await of(ada).transforms.execution.query({ transformId, executionId })).step === 'run',
			'its code runs',
		);
		const cancelled = await of(ada).transforms.cancel.mutate({ transformId, executionId });
		expect(cancelled).toMatchObject({ status: 'cancelled', error: null, step: 'run' });
		expect(await of(ada).transforms.get.query({ transformId })).toMatchObject({
			outputDatasetId: null,
			lastRun: { executionId, status: 'cancelled' },
		});
		const other = await create({ code: TOTALS });
		expect(await runTransform(worker, ada, other)).toMatchObject({ status: 'succeeded' });
		const again = await of(ada).transforms.cancel.mutate({ transformId, executionId });
		expect(again).toEqual(cancelled);
	});

	test('as its transform is deleted leaves nothing', async () => {
		const { transformId } = await create({ code: 'import time\ndef transform(i, p):\n    time.sleep(120)\n' });
		await of(ada).transforms.execute.mutate({ transformId });
		await of(ada).transforms.remove.mutate({ transformId });
		await expect(of(ada).transforms.get.query({ transformId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});
});

test('the last two hundred runs are kept', async () => {
	const { transformId } = await create({ code: TOTALS });
	const store = storeOf(services);
	for (let number = 1; number <= executions.KEPT + 3; number += 1) {
		const run = { transformId, number, jobId: 'job_0', startedBy: null, trigger: 'schedule' as const };
		const item = executions.newExecution(run, 1_000_000 + number);
		await store.put({ table: 'transform_executions', item: { ...item, status: 'succeeded' } });
	}
	const update = change({ runs: executions.KEPT + 3 });
	await store.update({ table: 'transforms', key: { transformId }, update });
	const last = await runTransform(worker, ada, { transformId });
	const page = (offset: number) => of(ada).transforms.executions.query({ transformId, limit: 100, offset });
	expect((await page(0)).items[0]).toEqual(last);
	expect((await page(0)).pagination).toMatchObject({ total: executions.KEPT, hasNext: true });
	expect((await page(100)).items).toHaveLength(100);
	await eventually(
		async () => (await executions.listNewest(store, transformId, 1000)).length === executions.KEPT,
		'older ones are gone',
	);
	await of(ada).transforms.remove.mutate({ transformId });
	await eventually(
		async () => (await executions.listNewest(store, transformId, 1000)).length === 0,
		'all of them are gone',
	);
});

test('what a run reads are the rows that its owner may see, whoever starts it', async () => {
	const datasetId = await importCsv(worker, eve, { name: 'guarded', csv: 'region,amount\nAPAC,1\nEMEA,2\nAPAC,4\n' });
	const to = { sharedToType: 'user', sharedToId: ada.userId, permission: 'viewer' } as const;
	await of(eve).datasetShares.create.mutate({ datasetId, ...to });
	const rules = [{ principalType: 'user' as const, principalId: ada.userId, values: ['APAC'], includeNull: false }];
	await of(eve).rowPolicies.replace.mutate({ datasetId, policies: [{ column: 'region', rules }] });
	const { transformId } = await create({ code: copyOf('guarded'), inputDatasetIds: [datasetId] });
	for (const person of [ada, boss]) {
		const made = await output(worker, person, { transformId });
		expect((await of(ada).datasets.preview.query({ datasetId: made })).rows).toEqual([
			['APAC', 1],
			['APAC', 4],
		]);
	}
	const { rows } = await of(ada).transforms.preview.mutate({ code: copyOf('guarded'), inputDatasetIds: [datasetId] });
	expect(rows).toHaveLength(2);
});

describe('a preview', () => {
	const preview = (code: string, inputDatasetIds = [sales], params = {}) =>
		of(ada).transforms.preview.mutate({ code, inputDatasetIds, params });

	test('runs on the first rows of each input and shows the first of the result', async () => {
		const csv = `n\n${Array.from({ length: 12_000 }, (_none, n) => n).join('\n')}\n`;
		const many = await importCsv(worker, ada, { name: 'many', csv });
		const code =
			'def transform(inputs, params):\n    print(len(inputs["many"]))\n    return inputs["many"] * params["by"]\n';
		const shown = await preview(code, [many], { by: 2 });
		expect(shown).toMatchObject({ rowCount: 10_000, truncated: true, inputRows: { many: 10_000 }, stdout: '10000\n' });
		expect(shown.columns).toEqual([{ name: 'n', type: 'int64', nullable: false, zoned: false }]);
		expect(shown.rows).toHaveLength(100);
		expect(shown.rows[99]).toEqual([198]);
		expect(await preview(copyOf('sales'))).toMatchObject({ rowCount: 3, truncated: false });
		expect((await of(ada).transforms.list.query({ q: 'preview' })).items).toEqual([]);
	});

	test('of failing code says what failed and in which line; of others’ datasets, nothing', async () => {
		await expect(preview('def transform(inputs, params):\n    return 1 / 0\n')).rejects.toMatchObject({
			code: 'CARD_CODE_ERROR',
			details: { line: 2, message: expect.stringContaining('ZeroDivisionError') },
		});
		const foreign = await importCsv(worker, eve, { name: 'mine', csv: 'a\n1\n' });
		await expect(preview(copyOf('mine'), [foreign])).rejects.toMatchObject({
			details: { fields: { 'inputDatasetIds.0': 'is not a dataset of yours' } },
		});
	});
});
