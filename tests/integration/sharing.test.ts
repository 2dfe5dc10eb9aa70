// Shares to groups, who has access and why, forecasts, and dashboards that change hands: on the real tables, warm caches included.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { callsOf, importCsv, newDashboard, renderDashboard, salesCsv, sumCard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;
let ken: Person;
let groupId: string;
let datasetId: string;
let cardId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	[ada, eve, ken] = [
		await newPerson(worker, boss, 'Ada'),
		await newPerson(worker, boss, 'Eve'),
		await newPerson(worker, boss, 'Ken'),
	];
	groupId = (await by(boss).groups.create.mutate({ name: `Sales ${Date.now()}` })).id;
	for (const { userId } of [ada, ken]) await by(boss).groups.addMember.mutate({ groupId, userId });
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
	({ cardId } = await by(ada).cards.create.mutate({ name: 'Sum', datasetId, code: sumCard('sum') }));
});
afterAll(() => worker.stop());

const by = (person: Person) => worker.client(person.token);
type Permission = 'viewer' | 'editor' | 'owner';
const toUser = ({ userId }: Person, permission: Permission = 'viewer') =>
	({ sharedToType: 'user', sharedToId: userId, permission }) as const;
const toGroup = (permission: Permission = 'viewer') =>
	({ sharedToType: 'group', sharedToId: groupId, permission }) as const;
const newBoard = async () => (await newDashboard(worker, ada, [cardId])).dashboardId;
const fieldsOf = (error: { details?: { fields?: Record<string, string> } }) => Object.keys(error.details?.fields ?? {});

describe('a share to a group', () => {
	test('lets its members in while they are members, warm caches or not', async () => {
		const dashboardId = await newBoard();
		const status = async (person: Person) => (await renderDashboard(worker, person, dashboardId)).status;
		expect(await status(ken)).toBe(404);
		await by(ada).shares.create.mutate({ dashboardId, ...toGroup() });
		expect(await status(ken)).toBe(200);
		expect(callsOf((await renderDashboard(worker, ken, dashboardId)).serverTiming).dynamo).toBe(0);
		expect((await by(ken).dashboards.list.query({})).items.map((one) => one.dashboardId)).toContain(dashboardId);

		await by(boss).groups.removeMember.mutate({ groupId, userId: ken.userId });
		expect(await status(ken)).toBe(404);
		await by(boss).groups.addMember.mutate({ groupId, userId: ken.userId });
		expect(await status(ken)).toBe(200);
	});

	test('is for those to give who are in it, and for admins: others are told that it is none of theirs', async () => {
		const { dashboardId } = await by(eve).dashboards.create.mutate({ name: 'Eve' });
		expect(
			await by(eve)
				.shares.create.mutate({ dashboardId, ...toGroup() })
				.catch(fieldsOf),
		).toEqual(['sharedToId']);
		expect(
			await by(eve)
				.shares.preview.query({ dashboardId, ...toGroup() })
				.catch(fieldsOf),
		).toEqual(['sharedToId']);
		expect(await by(boss).shares.create.mutate({ dashboardId, ...toGroup() })).toMatchObject({ memberCount: 2 });
	});

	test('ends with its group, of datasets too', async () => {
		const dashboardId = await newBoard();
		const { id } = await by(boss).groups.create.mutate({ name: `Short ${Date.now()}` });
		await by(boss).groups.addMember.mutate({ groupId: id, userId: eve.userId });
		const to = { sharedToType: 'group', sharedToId: id, permission: 'viewer' } as const;
		await by(boss).shares.create.mutate({ dashboardId, ...to });
		await by(boss).datasetShares.create.mutate({ datasetId, ...to });
		expect((await by(eve).datasets.get.query({ datasetId })).myPermission).toBe('viewer');
		await by(boss).groups.remove.mutate({ groupId: id });
		await expect(by(eve).datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(by(eve).dashboards.get.query({ dashboardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect(await by(ada).shares.list.query({ dashboardId })).toEqual([]);
		expect(await by(ada).datasetShares.list.query({ datasetId })).toEqual([]);
	});
});

describe('who has access', () => {
	test('is everybody whom it reaches, with each reason, the strongest first', async () => {
		const dashboardId = await newBoard();
		const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000).toISOString();
		await by(ada).shares.create.mutate({ dashboardId, ...toUser(ken) });
		await by(ada).shares.create.mutate({ dashboardId, ...toGroup('editor'), expiresAt });
		const access = await by(ada).shares.access.query({ dashboardId });
		expect(access.map(({ user, permission }) => [user.name, permission])).toEqual([
			['Ada', 'owner'],
			['Ken', 'editor'],
		]);
		expect(access[1]!.reasons).toEqual([
			{
				via: 'group',
				group: { groupId, name: expect.stringContaining('Sales') },
				permission: 'editor',
				expiresAt,
			},
			{ via: 'user', permission: 'viewer', expiresAt: null },
		]);
		await expect(by(ken).shares.access.query({ dashboardId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});
});

describe('a forecast', () => {
	test('names who newly gains, counts who has access already, and names what is exposed; nothing is shared', async () => {
		const dashboardId = await newBoard();
		expect(await by(ada).shares.preview.query({ dashboardId, ...toGroup() })).toEqual({
			gains: [{ userId: ken.userId, name: 'Ken' }],
			gainCount: 1,
			alreadyCount: 1,
			datasets: [{ datasetId, name: 'sales' }],
		});
		expect(await by(ada).shares.list.query({ dashboardId })).toEqual([]);
		const nobody = { ...toUser(ken), sharedToId: 'user_0000000000000000' };
		expect(
			await by(ada)
				.shares.preview.query({ dashboardId, ...nobody })
				.catch(fieldsOf),
		).toEqual(['sharedToId']);
		await by(ada).shares.create.mutate({ dashboardId, ...toUser(ken) });
		expect(await by(ada).shares.preview.query({ dashboardId, ...toGroup() })).toMatchObject({
			gains: [],
			gainCount: 0,
			alreadyCount: 2,
		});
	});
});

describe('a dashboard that is given to somebody else', () => {
	const transfer = (person: Person, dashboardId: string, { userId }: { userId: string }) =>
		by(person).dashboards.transfer.mutate({ dashboardId, userId });

	test('is theirs in every list; who had it stays an owner by a share, and may be removed by the new one', async () => {
		const dashboardId = await newBoard();
		await by(ada).shares.create.mutate({ dashboardId, ...toUser(eve) });
		expect(await transfer(ada, dashboardId, eve)).toMatchObject({ owner: { name: 'Eve' }, myPermission: 'owner' });
		const shares = await by(eve).shares.list.query({ dashboardId });
		expect(shares).toMatchObject([{ sharedToId: ada.userId, permission: 'owner', expiresAt: null }]);
		for (const person of [ada, eve]) {
			const found = (await by(person).dashboards.list.query({})).items.find((one) => one.dashboardId === dashboardId);
			expect(found).toMatchObject({ owner: { name: 'Eve' }, myPermission: 'owner' });
		}
		await by(eve).shares.remove.mutate({ dashboardId, shareId: shares[0]!.id });
		await expect(by(ada).dashboards.get.query({ dashboardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(by(eve).shares.create.mutate({ dashboardId, ...toUser(eve) })).rejects.toMatchObject({
			code: 'ALREADY_EXISTS',
		});
	});

	test('goes to somebody who is there, by an owner', async () => {
		const dashboardId = await newBoard();
		await by(ada).shares.create.mutate({ dashboardId, ...toUser(eve, 'editor') });
		await expect(transfer(eve, dashboardId, eve)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await expect(transfer(ken, dashboardId, ken)).rejects.toMatchObject({ code: 'NOT_FOUND' });
		for (const userId of [ada.userId, 'user_0000000000000000', 'x'.repeat(3000), groupId])
			expect(await transfer(ada, dashboardId, { userId }).catch(fieldsOf)).toEqual(['userId']);
	});

	test('has one owner at any time, however many give it away at once', async () => {
		const dashboardId = await newBoard();
		const targets = [eve, ken, boss];
		await Promise.allSettled(Array.from({ length: 9 }, (_, n) => transfer(ada, dashboardId, targets[n % 3]!)));
		const { owner } = await by(boss).dashboards.get.query({ dashboardId });
		const owners = (await by(boss).shares.access.query({ dashboardId })).filter(
			({ reasons }) => reasons[0]!.via === 'creation',
		);
		expect(owners.map(({ user }) => user)).toEqual([owner]);
		const shares = await by(boss).shares.list.query({ dashboardId });
		expect(shares.map(({ sharedToId }) => sharedToId)).not.toContain(owner.userId);
		expect(shares.map(({ sharedToId }) => sharedToId)).toContain(ada.userId);
		for (const share of shares) expect(share.permission).toBe('owner');
	});
});
