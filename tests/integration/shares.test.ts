// Shares of a dashboard: what each gives, until when, and how many there can be.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Cost } from '../../src/worker/cost';
import { keyOf } from '../../src/worker/entities/dashboard/repository';
import { MAX_SHARES } from '../../src/worker/entities/share/rules';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { change } from '../../src/worker/infra/dynamo/expression';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv, newDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;
let datasetId: string;
let cardId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
	({ cardId } = await by(ada).cards.create.mutate({ name: 'Sum', datasetId, code: sumCard('sum') }));
});
afterAll(() => worker.stop());

const by = (person: Person) => worker.client(person.token);
type Permission = 'viewer' | 'editor' | 'owner';
const shareTo = (dashboardId: string, person: Person, permission: Permission, expiresAt: string | null = null) =>
	by(ada).shares.create.mutate({ dashboardId, sharedToType: 'user', sharedToId: person.userId, permission, expiresAt });
const seconds = (count: number) => new Date(Date.now() + count * 1000).toISOString();
const fieldsOf = (error: { details?: { fields?: Record<string, string> } }) => Object.keys(error.details?.fields ?? {});

describe('a share', () => {
	test('that ten ask for at once is made once', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const asked = await Promise.allSettled(Array.from({ length: 10 }, () => shareTo(dashboardId, eve, 'viewer')));
		expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const one of asked)
			if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'ALREADY_EXISTS' });
		expect(await by(ada).shares.list.query({ dashboardId })).toMatchObject([
			{ sharedToId: eve.userId, sharedToName: 'Eve', sharedToEmail: eve.email, permission: 'viewer' },
		]);
	});

	test('gives what it says, until it is changed, ended or over', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const rename = () => by(eve).dashboards.update.mutate({ dashboardId, name: 'Hers' });
		const { id } = await shareTo(dashboardId, eve, 'viewer');
		await expect(rename()).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await by(ada).shares.update.mutate({ dashboardId, shareId: id, permission: 'editor' });
		expect((await rename()).name).toBe('Hers');
		await expect(by(eve).shares.list.query({ dashboardId })).rejects.toMatchObject({ code: 'FORBIDDEN' });

		await by(ada).shares.update.mutate({ dashboardId, shareId: id, expiresAt: seconds(1) });
		await new Promise((resolve) => setTimeout(resolve, 1200));
		await expect(rename()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect(await by(ada).shares.list.query({ dashboardId })).toEqual([]);
		await expect(by(ada).shares.update.mutate({ dashboardId, shareId: id, expiresAt: null })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
		await shareTo(dashboardId, eve, 'owner');
		expect(await by(eve).shares.list.query({ dashboardId })).toHaveLength(1);
		await by(eve).shares.remove.mutate({ dashboardId, shareId: id });
		await expect(rename()).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});

	test('is to somebody who is there and does not own it, ends in the future, and belongs to its dashboard', async () => {
		const [one, other] = [await newDashboard(worker, ada, []), await newDashboard(worker, ada, [])];
		expect(
			await shareTo(one.dashboardId, { ...eve, userId: 'user_0000000000000000' }, 'viewer').catch(fieldsOf),
		).toEqual(['sharedToId']);
		expect(await shareTo(one.dashboardId, eve, 'viewer', seconds(-5)).catch(fieldsOf)).toEqual(['expiresAt']);
		await expect(shareTo(one.dashboardId, ada, 'viewer')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
		const { id } = await shareTo(one.dashboardId, eve, 'viewer');
		await expect(by(ada).shares.remove.mutate({ dashboardId: other.dashboardId, shareId: id })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
	});

	test('counts while it goes on: those that have ended make room for another', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const dynamo = createDynamo(services.dynamo)(new Cost());
		const grant = (expiresAt: number | null) => ({ permission: 'viewer', expiresAt });
		const grants = Object.fromEntries(
			Array.from({ length: MAX_SHARES }, (_, n) => [`user:${n}`, grant(n < 2 ? 1 : null)]),
		);
		await dynamo.update({ ...keyOf(dashboardId), update: change({ grants }) });
		await shareTo(dashboardId, eve, 'viewer');
		const left = Object.keys((await dynamo.get(keyOf(dashboardId)))!['grants'] as object);
		expect(left).toHaveLength(MAX_SHARES - 1);
		expect(left).not.toContain('user:0');

		await shareTo(dashboardId, boss, 'viewer');
		const over = shareTo(dashboardId, await newPerson(worker, boss), 'viewer').catch(fieldsOf);
		expect(await over).toEqual(['sharedToId']);
	});

	test('exposes the datasets that it says it does', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		expect(await by(ada).dashboards.referencedDatasets.query({ dashboardId })).toEqual([{ datasetId, name: 'sales' }]);
	});
});
