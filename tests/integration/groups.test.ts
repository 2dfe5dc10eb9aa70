// Groups: who sees them, who is in them, and what somebody has through one for as long as they are in it.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Client } from '$lib/client';
import { Cost } from '../../src/worker/cost';
import * as repository from '../../src/worker/entities/group/repository';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { startTwoLocations, type ApiWorker } from './api-worker';
import { callsOf } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
/** Seconds for which another location may go on with what it read; long enough to see that it does. */
const TTL = 2;
let worker: ApiWorker;
/** Another location: a cache of its own over the same store. */
let elsewhere: ApiWorker;
let boss: Person;
let client: Client;
let made = 0;

beforeAll(async () => {
	[worker, elsewhere] = await startTwoLocations(services, TTL);
	boss = await admin(worker, services);
	client = worker.client(boss.token);
});
afterAll(() => Promise.all([worker.stop(), elsewhere.stop()]));

const newName = (name = 'Group') => `${name} ${Date.now()} ${(made += 1)}`;

/** A new group with these people in it. */
async function newGroup(members: readonly Person[], name = newName()): Promise<string> {
	const { id } = await client.groups.create.mutate({ name });
	for (const { userId } of members) await client.groups.addMember.mutate({ groupId: id, userId });
	return id;
}

/** A dashboard of the admin that is shared to a group. */
async function newShared(groupId: string): Promise<string> {
	const { dashboardId } = await client.dashboards.create.mutate({ name: 'Shared' });
	await client.shares.create.mutate({ dashboardId, sharedToType: 'group', sharedToId: groupId, permission: 'viewer' });
	return dashboardId;
}

const view = (at: ApiWorker, { token }: Person, dashboardId: string) =>
	at.client(token).dashboards.view.query({ dashboardId });
const REFUSED = { code: 'NOT_FOUND' };

describe('a group', () => {
	test('of ten made at once with one name, in any case, exactly one exists', async () => {
		const name = newName('Twin');
		const results = await Promise.allSettled(
			Array.from({ length: 10 }, (_, n) => client.groups.create.mutate({ name: n % 2 ? name : name.toUpperCase() })),
		);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const refusals = results.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
		expect(refusals).toEqual(Array(9).fill('ALREADY_EXISTS'));
		expect((await client.groups.list.query({ q: name })).pagination.total).toBe(1);
	});

	test('gets another name, which is taken, and leaves the old one free', async () => {
		const [before, after] = [newName('Before'), newName('After')];
		const groupId = await newGroup([], before);
		await expect(client.groups.update.mutate({ groupId, name: after })).resolves.toMatchObject({ name: after });
		await newGroup([], before);
		await expect(client.groups.create.mutate({ name: after })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
		await expect(client.groups.update.mutate({ groupId, name: before })).rejects.toMatchObject({
			code: 'ALREADY_EXISTS',
			details: { fields: { name: 'is taken' } },
		});
		const louder = after.toUpperCase();
		await expect(client.groups.update.mutate({ groupId, name: louder })).resolves.toMatchObject({ name: louder });
	});

	test('is seen with its members by those who are in it, changed by admins, and not there for anybody else', async () => {
		const [ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
		const name = newName('Sales');
		const groupId = await newGroup([ada], name);
		const [inside, outside] = [worker.client(ada.token), worker.client(eve.token)];

		const detail = await inside.groups.get.query({ groupId });
		expect(detail).toMatchObject({ id: groupId, name, memberCount: 1 });
		expect(detail.members).toMatchObject([{ groupId, userId: ada.userId, name: 'Ada', email: ada.email }]);
		expect((await inside.groups.list.query({})).items.map(({ id }) => id)).toEqual([groupId]);
		expect((await inside.auth.me.query()).groups).toEqual([{ groupId, name }]);
		expect((await client.groups.list.query({ q: name })).pagination.total).toBe(1);

		expect((await outside.groups.list.query({})).items).toEqual([]);
		const absent = 'group_0000000000000000';
		for (const one of [groupId, absent]) {
			await expect(outside.groups.get.query({ groupId: one })).rejects.toMatchObject(REFUSED);
			await expect(outside.groups.update.mutate({ groupId: one, name: 'x' })).rejects.toMatchObject(REFUSED);
			await expect(outside.groups.remove.mutate({ groupId: one })).rejects.toMatchObject(REFUSED);
			const member = { groupId: one, userId: eve.userId };
			await expect(outside.groups.addMember.mutate(member)).rejects.toMatchObject(REFUSED);
		}
		const itself = { groupId, userId: eve.userId };
		await expect(inside.groups.addMember.mutate(itself)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await expect(inside.groups.update.mutate({ groupId, name: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await expect(inside.groups.create.mutate({ name: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});
});

describe('a member', () => {
	test('of ten additions at once is added once, and the count is right', async () => {
		const ada = await newPerson(worker, boss, 'Ada');
		const groupId = await newGroup([]);
		const results = await Promise.allSettled(
			Array.from({ length: 10 }, () => client.groups.addMember.mutate({ groupId, userId: ada.userId })),
		);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const refusals = results.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
		expect(refusals).toEqual(Array(9).fill('ALREADY_EXISTS'));
		expect((await client.groups.get.query({ groupId })).memberCount).toBe(1);
	});

	test('who is nobody is refused, naming the field; one who is not in it cannot be taken out', async () => {
		const groupId = await newGroup([]);
		for (const userId of ['user_0000000000000000', 'group_0000000000000000', '../x', '']) {
			await expect(client.groups.addMember.mutate({ groupId, userId })).rejects.toMatchObject({
				code: 'VALIDATION_ERROR',
				details: { fields: { userId: 'is nobody' } },
			});
			await expect(client.groups.removeMember.mutate({ groupId, userId })).rejects.toMatchObject(REFUSED);
		}
	});

	test('who joins and leaves many groups at once is in those they were left in', async () => {
		const ada = await newPerson(worker, boss, 'Ada');
		const groups = await Promise.all(Array.from({ length: 6 }, () => newGroup([])));
		const add = (groupId: string) => client.groups.addMember.mutate({ groupId, userId: ada.userId });
		await Promise.all(groups.map(add));
		await Promise.all(
			groups.slice(2).map((groupId) => client.groups.removeMember.mutate({ groupId, userId: ada.userId })),
		);
		const { groups: left } = await worker.client(ada.token).auth.me.query();
		expect(left.map(({ groupId }) => groupId).sort()).toEqual(groups.slice(0, 2).sort());
	});
});

describe('what is shared to a group', () => {
	test('is open to a member from the answer on, and warm views by one cost no call to the store', async () => {
		const ada = await newPerson(worker, boss, 'Ada');
		const groupId = await newGroup([]);
		const dashboardId = await newShared(groupId);
		await expect(view(worker, ada, dashboardId)).rejects.toMatchObject(REFUSED);
		await client.groups.addMember.mutate({ groupId, userId: ada.userId });
		await expect(view(worker, ada, dashboardId)).resolves.toMatchObject({ myPermission: 'viewer' });

		const input = encodeURIComponent(JSON.stringify(JSON.stringify([{ dashboardId: 1 }, dashboardId])));
		const answer = await fetch(`${worker.url}/trpc/dashboards.view?input=${input}`, {
			headers: { authorization: `Bearer ${ada.token}` },
		});
		expect(answer.status).toBe(200);
		expect(callsOf(answer.headers.get('server-timing')!).dynamo).toBe(0);
	});

	test.each([
		[
			'who is taken out',
			(groupId: string, { userId }: Person) => client.groups.removeMember.mutate({ groupId, userId }),
		],
		['of a group that is deleted', (groupId: string) => client.groups.remove.mutate({ groupId })],
	])('is closed to somebody %s: at once here, within the TTL elsewhere', async (_who, end) => {
		const ada = await newPerson(worker, boss, 'Ada');
		const groupId = await newGroup([ada]);
		const dashboardId = await newShared(groupId);
		for (const at of [worker, elsewhere]) await view(at, ada, dashboardId);

		await end(groupId, ada);
		const endedAt = Date.now();
		await expect(view(worker, ada, dashboardId)).rejects.toMatchObject(REFUSED);
		// What shows other people's settings never waits for the TTL.
		await expect(elsewhere.client(ada.token).groups.get.query({ groupId })).rejects.toMatchObject(REFUSED);
		while (Date.now() - endedAt < TTL * 1000) await new Promise((resolve) => setTimeout(resolve, 100));
		await expect(view(elsewhere, ada, dashboardId)).rejects.toMatchObject(REFUSED);
	});
});

describe('a deleted group', () => {
	test('of which a crash left members and shares is swept by the next tick', async () => {
		const ada = await newPerson(worker, boss, 'Ada');
		const groupId = await newGroup([ada]);
		const dashboardId = await newShared(groupId);
		const dynamo = createDynamo(services.dynamo)(new Cost());
		const item = repository.parse((await dynamo.get(repository.keyOf(groupId)))!);
		await repository.markDeleted(dynamo, item, Date.now() / 1000);

		await worker.tick();
		await expect(view(worker, ada, dashboardId)).rejects.toMatchObject(REFUSED);
		expect(await client.shares.list.query({ dashboardId })).toEqual([]);
		expect(await dynamo.get(repository.keyOf(groupId))).toBeNull();
	});

	test('is gone with its memberships and shares, and its name is free', async () => {
		const people = [];
		for (let n = 0; n < 3; n += 1) people.push(await newPerson(worker, boss, 'Member'));
		const name = newName('Gone');
		const groupId = await newGroup(people, name);
		const dashboardId = await newShared(groupId);
		await client.groups.remove.mutate({ groupId });

		await expect(client.groups.get.query({ groupId })).rejects.toMatchObject(REFUSED);
		await expect(client.groups.remove.mutate({ groupId })).rejects.toMatchObject(REFUSED);
		expect((await client.groups.list.query({ q: name })).items).toEqual([]);
		expect(await client.shares.list.query({ dashboardId })).toEqual([]);
		for (const { token } of people) expect((await worker.client(token).auth.me.query()).groups).toEqual([]);
		await newGroup([], name);
	});
});
