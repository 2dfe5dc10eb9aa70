// Shares of a dashboard by REST.
import { beforeAll, describe, expect, test } from 'vitest';
import { expectNotThere, newDashboard, newPerson, type Person } from './api';

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
