// Shares of dashboards and datasets by REST: who has access, who would gain it, and whose a dashboard is.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, expectNotThere, newCard, newDashboard, newDataset, newPerson, CODE, type Person } from './api';

let owner: Person;
let viewer: Person;
let dashboardId: string;
beforeAll(async () => {
	[owner, viewer] = await Promise.all([newPerson('Olga'), newPerson('Vera')]);
	dashboardId = await newDashboard(owner);
});

const toUser = (person: Person, permission = 'viewer') => ({
	shared_to_type: 'user',
	shared_to_id: person.userId,
	permission,
});

describe('shares', () => {
	test('one is made, listed, changed and ended, and each holds at once', async () => {
		const path = `/dashboards/${dashboardId}/shares`;
		const { status, data } = await owner.post(path, toUser(viewer));
		expect(status).toBe(201);
		expect(data).toMatchObject({
			dashboard_id: dashboardId,
			shared_to_type: 'user',
			shared_to_id: viewer.userId,
			permission: 'viewer',
			shared_by: owner.userId,
			expires_at: null,
		});
		expect((await owner.get(path)).data).toEqual([data]);
		expect((await viewer.put(`/dashboards/${dashboardId}`, { name: 'x' })).status).toBe(403);

		const changed = await owner.put(`${path}/${data.id}`, { permission: 'editor' });
		expect([changed.status, changed.data?.permission, changed.data?.id]).toEqual([200, 'editor', data.id]);
		expect((await viewer.put(`/dashboards/${dashboardId}`, { name: 'x' })).status).toBe(200);

		expect((await owner.remove(`${path}/${data.id}`)).status).toBe(204);
		expectNotThere(await viewer.get(`/dashboards/${dashboardId}`));
		expectNotThere(await owner.remove(`${path}/${data.id}`));
		expectNotThere(await owner.put(`${path}/${data.id}`, { permission: 'viewer' }));
		expect((await owner.get(path)).data).toEqual([]);
	});

	test('the same target again is a conflict, also when ten ask at once', async () => {
		const target = await newPerson('Tia');
		const answers = await Promise.all(
			Array.from({ length: 10 }, () => owner.post(`/dashboards/${dashboardId}/shares`, toUser(target))),
		);
		expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
		expect(answers.filter(({ status }) => status === 409).every(({ error }) => error.code === 'ALREADY_EXISTS')).toBe(
			true,
		);
	});

	test('it lasts until its time, which lies ahead', async () => {
		const guest = await newPerson('Gus');
		const soon = new Date(Date.now() + 2500).toISOString();
		const { data } = await owner.post(`/dashboards/${dashboardId}/shares`, { ...toUser(guest), expires_at: soon });
		expect(new Date(data.expires_at).getTime()).toBe(new Date(soon).getTime());
		expect((await guest.get(`/dashboards/${dashboardId}`)).status).toBe(200);
		await new Promise((done) => setTimeout(done, 3000));
		expectNotThere(await guest.get(`/dashboards/${dashboardId}`));
		expect((await owner.post(`/dashboards/${dashboardId}/shares`, toUser(guest))).status).toBe(201);
	});

	test.each([
		['shared_to_type', { shared_to_type: 'team' }],
		['shared_to_id', { shared_to_id: 'user_0000000000000000' }],
		['shared_to_id', { shared_to_id: 'nope' }],
		['shared_to_id', { shared_to_id: null }],
		['permission', { permission: 'admin' }],
		['expires_at', { expires_at: 'tomorrow' }],
		['expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
	])('a bad %s is refused and named: %j', async (field, fields) => {
		const { status, error } = await owner.post(`/dashboards/${dashboardId}/shares`, { ...toUser(viewer), ...fields });
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});

	test('a share of another dashboard is not there', async () => {
		const other = await newDashboard(owner);
		const { data } = await owner.post(`/dashboards/${other}/shares`, toUser(await newPerson('Oto')));
		expectNotThere(await owner.put(`/dashboards/${dashboardId}/shares/${data.id}`, { permission: 'editor' }));
		expectNotThere(await owner.remove(`/dashboards/${dashboardId}/shares/${data.id}`));
		expectNotThere(await owner.remove(`/dashboards/${dashboardId}/shares/${'x'.repeat(3000)}`));
		expect((await owner.get(`/dashboards/${other}/shares`)).data).toHaveLength(1);
	});
});

describe('who has access, and who would gain it', () => {
	test('to a dashboard, through people and groups', async () => {
		const [boss, member, guest] = await Promise.all([admin(), newPerson('Mia'), newPerson('Gia')]);
		const { data: group } = await boss.post('/groups', { name: `Readers ${crypto.randomUUID()}` });
		for (const person of [owner, member])
			expect((await boss.post(`/groups/${group.id}/members`, { user_id: person.userId })).status).toBe(201);
		const datasetId = await newDataset(owner, 'Exposed');
		const cardId = await newCard(owner, { card_type: 'code', code: CODE, dataset_id: datasetId });
		const board = await newDashboard(owner, { layout: { cards: [{ card_id: cardId, x: 0, y: 0, w: 1, h: 1 }] } });
		const toGroup = { shared_to_type: 'group', shared_to_id: group.id, permission: 'viewer' };

		const preview = await owner.post(`/dashboards/${board}/shares/preview`, toGroup);
		expect([preview.status, preview.data]).toEqual([
			200,
			{
				gains: [{ user_id: member.userId, name: 'Mia' }],
				gain_count: 1,
				already_count: 1,
				datasets: [{ dataset_id: datasetId, name: 'Exposed' }],
			},
		]);
		expectNotThere(await member.get(`/dashboards/${board}`));
		expect((await owner.post(`/dashboards/${board}/shares`, toGroup)).status).toBe(201);
		expect((await member.get(`/dashboards/${board}`)).data.my_permission).toBe('viewer');
		expect((await owner.get(`/dashboards/${board}/access`)).data).toEqual([
			{
				user: { user_id: owner.userId, name: 'Olga' },
				permission: 'owner',
				reasons: [
					{ via: 'creation', permission: 'owner', expires_at: null },
					{ via: 'group', group: { group_id: group.id, name: group.name }, permission: 'viewer', expires_at: null },
				],
			},
			{
				user: { user_id: member.userId, name: 'Mia' },
				permission: 'viewer',
				reasons: [
					{ via: 'group', group: { group_id: group.id, name: group.name }, permission: 'viewer', expires_at: null },
				],
			},
		]);
		expect((await member.get(`/dashboards/${board}/access`)).status).toBe(403);
		expectNotThere(await guest.get(`/dashboards/${board}/access`));
		expectNotThere(await guest.post(`/dashboards/${board}/shares/preview`, toGroup));

		const foreign = await guest.post(`/dashboards/${await newDashboard(guest)}/shares`, toGroup);
		expect([foreign.status, Object.keys(foreign.error.details.fields)]).toEqual([400, ['shared_to_id']]);
		expect((await boss.remove(`/groups/${group.id}/members/${member.userId}`)).status).toBe(204);
		expectNotThere(await member.get(`/dashboards/${board}`));
	});
});

describe('the owner of a dashboard', () => {
	test('changes by one call, and the former one keeps a share as owner', async () => {
		const next = await newPerson('Nia');
		const board = await newDashboard(owner);
		const { status, data } = await owner.post(`/dashboards/${board}/owner`, { user_id: next.userId });
		expect([status, data.owner]).toEqual([200, { user_id: next.userId, name: 'Nia' }]);
		expect((await owner.get(`/dashboards/${board}/shares`)).data).toMatchObject([
			{ shared_to_id: owner.userId, permission: 'owner' },
		]);
		expect((await next.get('/dashboards')).data[0]).toMatchObject({ dashboard_id: board, my_permission: 'owner' });
		const wrong = await owner.post(`/dashboards/${board}/owner`, { user_id: 'user_0000000000000000' });
		expect([wrong.status, Object.keys(wrong.error.details.fields)]).toEqual([400, ['user_id']]);
		expect((await owner.post(`/dashboards/${board}/owner`, {})).status).toBe(400);
		expectNotThere(await viewer.post(`/dashboards/${board}/owner`, { user_id: viewer.userId }));
	});
});

describe('a dataset', () => {
	test('is shared, listed, used and taken away', async () => {
		const datasetId = await newDataset(owner, 'Lent');
		const path = `/datasets/${datasetId}/shares`;
		expectNotThere(await viewer.get(`/datasets/${datasetId}`));
		expect((await owner.post(`${path}/preview`, toUser(viewer))).data).toMatchObject({ gain_count: 1 });
		const { status, data } = await owner.post(path, toUser(viewer));
		expect([status, data.dataset_id, data.shared_to_email]).toEqual([201, datasetId, viewer.email]);
		expect((await owner.post(path, toUser(viewer))).status).toBe(409);
		const listed = (await viewer.get('/datasets')).data;
		expect(listed).toMatchObject([{ dataset_id: datasetId, my_permission: 'viewer', owner: { name: 'Olga' } }]);
		expect((await viewer.put(`/datasets/${datasetId}`, { name: 'Mine' })).status).toBe(403);
		expect((await viewer.remove(`/datasets/${datasetId}`)).status).toBe(403);
		const cardId = await newCard(viewer, { card_type: 'code', code: CODE, dataset_id: datasetId });
		expect((await viewer.post(`/cards/${cardId}/preview`, {})).data.html).toBe('<p>100</p>');

		expect((await owner.put(`${path}/${data.id}`, { permission: 'editor' })).status).toBe(200);
		expect((await viewer.put(`/datasets/${datasetId}`, { description: 'Lent to me' })).status).toBe(200);
		expect((await owner.get(`/datasets/${datasetId}/access`)).data).toHaveLength(2);
		expect((await owner.remove(`${path}/${data.id}`)).status).toBe(204);
		expectNotThere(await viewer.get(`/datasets/${datasetId}`));
		const refused = await viewer.post(`/cards/${cardId}/preview`, {});
		expect([refused.status, refused.error.code]).toEqual([403, 'FORBIDDEN']);
		expect(refused.error.details).toEqual({ datasets: [{ dataset_id: datasetId, name: 'Lent' }] });
	});
});
