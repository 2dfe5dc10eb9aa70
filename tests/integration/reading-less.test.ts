// Reading only the columns that a card's code names, and what it costs when that turns out not to be enough.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { bodyOf, importCsv, newDashboard, renderDashboard, salesCsv, salesSum } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let bob: Person;
let datasetId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	const boss = await admin(worker, services);
	[ada, bob] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Bob')];
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
});
afterAll(() => worker.stop());

/** A dashboard with one card of this code, shared to Bob, to be shown under a region at a time: each is a content of its own. */
async function dashboardOf(code: string) {
	const { cardId } = await worker.client(ada.token).cards.create.mutate({ name: 'Card', datasetId, code });
	const { dashboardId } = await newDashboard(worker, ada, [cardId]);
	const toBob = { sharedToType: 'user', sharedToId: bob.userId, permission: 'viewer' } as const;
	await worker.client(ada.token).shares.create.mutate({ dashboardId, ...toBob });
	return async (region: string, viewer = ada) => {
		const rendered = await renderDashboard(worker, viewer, dashboardId, { filters: { region: [region] } });
		return { body: bodyOf(rendered, cardId), executions: rendered.end.timing.exec };
	};
}

test('a card that names its columns runs once for each content', async () => {
	const show = await dashboardOf("def render(dataset, filters, params):\n    return str(int(dataset['amount'].sum()))");
	expect(await show('EMEA')).toEqual({ body: String(salesSum({ regions: ['EMEA'] })), executions: 1 });
	expect(await show('APAC')).toEqual({ body: String(salesSum({ regions: ['APAC'] })), executions: 1 });
});

test('a card that looks at the whole table runs again with all of it, once, and never narrowly again', async () => {
	const show = await dashboardOf("def render(dataset, filters, params):\n    return ' '.join(dataset.columns)");
	expect(await show('EMEA')).toEqual({ body: 'day region amount note', executions: 2 });
	expect(await show('APAC')).toEqual({ body: 'day region amount note', executions: 1 });
});

test('nor does one that hides from itself what it missed', async () => {
	const hiding = `def render(dataset, filters, params):
    try:
        return str(dataset.shape[1])
    except BaseException:
        return 'few'
`;
	const show = await dashboardOf(hiding);
	expect(await show('EMEA')).toEqual({ body: '4', executions: 2 });
	expect(await show('LATAM')).toEqual({ body: '4', executions: 1 });
});

test('of what code met in rows that somebody may not see, nothing is remembered for them', async () => {
	const show = await dashboardOf("def render(dataset, filters, params):\n    return ','.join(dataset.columns)");
	const rules = [
		{ principalType: 'user' as const, principalId: bob.userId, values: ['EMEA', 'APAC'], includeNull: false },
	];
	const policies = worker.client(ada.token).rowPolicies;
	await policies.replace.mutate({ datasetId, policies: [{ column: 'region', rules }] });
	try {
		expect((await show('EMEA')).executions).toBe(2);
		expect((await show('EMEA', bob)).executions).toBe(2);
		expect((await show('APAC', bob)).executions).toBe(1);
	} finally {
		await policies.replace.mutate({ datasetId, policies: [] });
	}
});

test('an error of the code is its own only when the whole table was there', async () => {
	const { cardId } = await worker.client(ada.token).cards.create.mutate({
		name: 'Card',
		datasetId,
		code: "def render(dataset, filters, params):\n    return dataset['amount'].nothing()",
	});
	const failing = worker.client(ada.token).cards.preview.mutate({ cardId });
	await expect(failing).rejects.toMatchObject({ code: 'CARD_CODE_ERROR', details: { line: 2 } });
});
