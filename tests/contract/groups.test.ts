// Groups by REST.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, newPerson, type Person } from './api';

let pat: Person;
let boss: Person;
beforeAll(async () => {
	[pat, boss] = [await newPerson(), await admin()];
});

const newName = (name = 'Group') => `${name} ${crypto.randomUUID()}`;
/** A new group with Pat in it. */
async function newGroup(name = newName()): Promise<string> {
	const { data } = await boss.post('/groups', { name });
	await boss.post(`/groups/${data.id}/members`, { user_id: pat.userId });
	return data.id;
}
const codeOf = ({ status, error }: { status: number; error: { code: string } }) => [status, error.code];

describe('POST /groups', () => {
	test('makes a group, whose name is taken from then on, also when ten ask at once', async () => {
		const name = newName();
		const answers = await Promise.all(Array.from({ length: 10 }, () => boss.post('/groups', { name: ` ${name} ` })));
		expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
		const { data } = answers.find(({ status }) => status === 201)!;
		expect(data).toMatchObject({ name, member_count: 0 });
		expect(data.id).toMatch(/^group_[0-9a-z]{12,}$/);
		expect(codeOf(answers.find(({ status }) => status === 409)!)).toEqual([409, 'ALREADY_EXISTS']);
	});

	test('is for admins, and needs a name', async () => {
		expect(codeOf(await pat.post('/groups', { name: newName() }))).toEqual([403, 'FORBIDDEN']);
		for (const name of [undefined, null, 7, '  ', 'x'.repeat(256)]) {
			const { status, error } = await boss.post('/groups', { name });
			expect([status, Object.keys(error.details.fields)]).toEqual([400, ['name']]);
		}
	});
});

describe('GET /groups', () => {
	test('lists the groups one is in, and all of them to an admin', async () => {
		const name = newName('Listed');
		const id = await newGroup(name);
		const stranger = await newPerson();
		const q = encodeURIComponent(name);
		for (const [who, ids] of [
			[pat, [id]],
			[boss, [id]],
			[stranger, []],
		] as const) {
			const { data, body } = await who.get(`/groups?q=${q}`);
			expect(data.map((group: { id: string }) => group.id)).toEqual(ids);
			expect(body.pagination.total).toBe(ids.length);
		}
		expect((await pat.get('/auth/me')).data.groups).toContainEqual({ group_id: id, name });
	});

	test('/{id} answers with its members to those who are in it; to others it is as absent', async () => {
		const id = await newGroup();
		const { data } = await pat.get(`/groups/${id}`);
		expect(data.members).toEqual([
			{ group_id: id, user_id: pat.userId, name: pat.name, email: pat.email, added_at: expect.any(String) },
		]);
		const stranger = await newPerson();
		const [foreign, absent] = [
			await stranger.get(`/groups/${id}`),
			await stranger.get('/groups/group_0000000000000000'),
		];
		expect(codeOf(foreign)).toEqual([404, 'NOT_FOUND']);
		expect(foreign.body).toEqual(absent.body);
	});
});

describe('PUT and DELETE /groups/{id}', () => {
	test('rename and end it for admins; a member may not, and for others it is not there', async () => {
		const [id, name] = [await newGroup(), newName('Renamed')];
		const stranger = await newPerson();
		for (const [who, status] of [
			[pat, 403],
			[stranger, 404],
		] as const) {
			expect((await who.put(`/groups/${id}`, { name })).status).toBe(status);
			expect((await who.remove(`/groups/${id}`)).status).toBe(status);
		}
		expect((await boss.put(`/groups/${id}`, { name })).data).toMatchObject({ id, name });
		expect((await boss.put(`/groups/${await newGroup()}`, { name })).status).toBe(409);
		expect((await boss.remove(`/groups/${id}`)).status).toBe(204);
		expect((await boss.remove(`/groups/${id}`)).status).toBe(404);
		expect((await pat.get(`/groups/${id}`)).status).toBe(404);
	});
});

describe('members', () => {
	test('are added once and taken out once, by admins', async () => {
		const id = await newGroup();
		const quinn = await newPerson('Quinn');
		const path = `/groups/${id}/members`;
		expect((await pat.post(path, { user_id: quinn.userId })).status).toBe(403);
		const added = await boss.post(path, { user_id: quinn.userId });
		expect([added.status, added.data]).toMatchObject([201, { group_id: id, user_id: quinn.userId }]);
		expect(codeOf(await boss.post(path, { user_id: quinn.userId }))).toEqual([409, 'ALREADY_EXISTS']);
		expect((await pat.remove(`${path}/${quinn.userId}`)).status).toBe(403);
		expect((await boss.remove(`${path}/${quinn.userId}`)).status).toBe(204);
		expect((await boss.remove(`${path}/${quinn.userId}`)).status).toBe(404);
		expect((await quinn.get(`/groups/${id}`)).status).toBe(404);
	});

	test('who are nobody are refused, naming the field', async () => {
		const id = await newGroup();
		for (const user_id of ['user_0000000000000000', id, '', undefined, 7]) {
			const { status, error } = await boss.post(`/groups/${id}/members`, { user_id });
			expect([status, Object.keys(error.details.fields)]).toEqual([400, ['user_id']]);
		}
	});
});
