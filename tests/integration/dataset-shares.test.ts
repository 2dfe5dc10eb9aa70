// Shares of a dataset: what each gives, what its list says, and what becomes of cards once a share has ended.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { bodyOf, callsOf, importCsv, newDashboard, renderDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let eve: Person;
let datasetId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	const boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
});
afterAll(() => worker.stop());

const by = (person: Person) => worker.client(person.token);
const newDataset = async () => (datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() }));
const shareTo = ({ userId: sharedToId }: Person, permission: 'viewer' | 'editor' | 'owner') =>
	by(ada).datasetShares.create.mutate({ datasetId, sharedToType: 'user', sharedToId, permission });
const listed = async (person: Person) =>
	(await by(person).datasets.list.query({})).items.find((one) => one.datasetId === datasetId);

describe('a share of a dataset', () => {
	test('gives rows, use and a place in the list; more with more permission', async () => {
		await newDataset();
		await expect(by(eve).datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect(await listed(eve)).toBeUndefined();
		const { id: shareId } = await shareTo(eve, 'viewer');
		expect(await listed(eve)).toMatchObject({ name: 'sales', myPermission: 'viewer', owner: { name: 'Ada' } });
		expect(await listed(ada)).toMatchObject({ myPermission: 'owner' });
		expect((await by(eve).datasets.preview.query({ datasetId })).previewRows).toBeGreaterThan(0);

		const rename = () => by(eve).datasets.update.mutate({ datasetId, name: 'renamed' });
		const remove = () => by(eve).datasets.remove.mutate({ datasetId });
		await expect(rename()).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await by(ada).datasetShares.update.mutate({ datasetId, shareId, permission: 'editor' });
		expect(await rename()).toMatchObject({ name: 'renamed', myPermission: 'editor', owner: { name: 'Ada' } });
		await expect(remove()).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await expect(by(eve).datasetShares.list.query({ datasetId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await by(ada).datasetShares.update.mutate({ datasetId, shareId, permission: 'owner' });
		expect(await by(eve).datasetShares.list.query({ datasetId })).toHaveLength(1);
		await remove();
		await expect(by(ada).datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});

	test('tells others only of their own cards on it', async () => {
		await newDataset();
		await shareTo(eve, 'viewer');
		await by(ada).cards.create.mutate({ name: 'secret plan', datasetId, code: sumCard('a') });
		await by(eve).cards.create.mutate({ name: 'mine', datasetId, code: sumCard('b') });
		const names = async (person: Person) =>
			(await by(person).datasets.usedBy.query({ datasetId })).map(({ name }) => name).sort();
		expect(await names(eve)).toEqual(['mine']);
		expect(await names(ada)).toEqual(['mine', 'secret plan']);
	});
});

test('a card whose share of its data has ended runs nowhere, says why, and comes back with the share', async () => {
	await newDataset();
	const { id: shareId } = await shareTo(eve, 'viewer');
	const { cardId } = await by(eve).cards.create.mutate({ name: 'Sum', datasetId, code: sumCard('sum') });
	const { dashboardId } = await newDashboard(worker, eve, [cardId]);
	const shown = async () => {
		const rendered = await renderDashboard(worker, eve, dashboardId);
		const line = rendered.cards.get(cardId);
		return line?.status === 'ok' ? bodyOf(rendered, cardId) : line;
	};
	expect(await shown()).toContain('sum: ');
	expect((await by(eve).cards.preview.mutate({ cardId })).html).toContain('sum: ');

	await by(eve).shares.create.mutate({
		dashboardId,
		sharedToType: 'user',
		sharedToId: ada.userId,
		permission: 'viewer',
	});
	const newcomer = callsOf((await renderDashboard(worker, ada, dashboardId)).serverTiming);
	expect(newcomer, 'whose the card is, is read in the same batch').toMatchObject({ dynamo: 1, exec: 0 });
	const warm = callsOf((await renderDashboard(worker, ada, dashboardId)).serverTiming);
	expect(warm).toMatchObject({ dynamo: 0, kv: 0, exec: 0 });

	await by(ada).datasetShares.remove.mutate({ datasetId, shareId });
	const refused = {
		code: 'FORBIDDEN',
		message: expect.stringContaining('“sales”'),
		details: { datasets: [{ datasetId, name: 'sales' }] },
	};
	await expect(by(eve).cards.preview.mutate({ cardId })).rejects.toMatchObject(refused);
	await expect(by(eve).cards.execute.mutate({ cardId })).rejects.toMatchObject(refused);
	await expect(by(eve).cards.execute.mutate({ cardId, dashboardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	expect(await shown()).toMatchObject({ status: 'error', error: { code: 'NOT_FOUND' } });
	expect((await by(eve).dashboards.view.query({ dashboardId })).cards).toMatchObject([{ cardId, unavailable: true }]);
	expect(await by(eve).dashboards.referencedDatasets.query({ dashboardId })).toEqual([]);
	await by(ada).datasets.update.mutate({ datasetId, name: 'secret' });
	const edited = await by(eve).cards.update.mutate({ cardId, code: `${sumCard('sum')}    # note\n` });
	expect(edited, 'neither what it is called now nor its columns').toMatchObject({
		dataset: { name: 'sales' },
		usedColumns: ['amount'],
	});
	const draft = { code: sumCard('x'), datasetIds: [datasetId] };
	await expect(by(eve).cards.previewDraft.mutate(draft)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });

	await shareTo(eve, 'viewer');
	expect(await shown()).toContain('sum: ');
});
