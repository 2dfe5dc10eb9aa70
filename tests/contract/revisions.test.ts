// Revisions: what is not current is refused with what is, and of many equal updates exactly one wins.
import { beforeAll, describe, expect, test } from 'vitest';
import { newCard, newDashboard, newDataset, newPerson, type Person } from './api';

let owner: Person;
beforeAll(async () => {
	owner = await newPerson('Olga');
});

const kinds = [
	['cards', () => newCard(owner)],
	['dashboards', () => newDashboard(owner)],
	['datasets', () => newDataset(owner)],
] as const;

describe.each(kinds)('an update of %s', (kind, make) => {
	test('that sends the current revision wins, and one that does not is told what is current', async () => {
		const path = `/${kind}/${await make()}`;
		const { data: before, headers } = await owner.get(path);
		expect(headers.get('etag')).toBe(`"${before.revision}"`);
		const { status, data } = await owner.put(path, { name: 'First', revision: before.revision });
		expect([status, data.revision]).toEqual([200, before.revision + 1]);
		const late = await owner.put(path, { name: 'Second', revision: before.revision });
		expect([late.status, late.error.code]).toEqual([409, 'REVISION_CONFLICT']);
		expect(late.error.details).toEqual({ current: data });
		expect((await owner.get(path)).data).toEqual(data);
	});

	test('may name the revision as If-Match', async () => {
		const path = `/${kind}/${await make()}`;
		const { headers } = await owner.get(path);
		const current = headers.get('etag')!;
		expect((await owner.send('PUT', path, { name: 'One' }, { 'if-match': current })).status).toBe(200);
		expect((await owner.send('PUT', path, { name: 'Two' }, { 'if-match': current })).status).toBe(409);
		expect((await owner.send('PUT', path, { name: 'Three' }, { 'if-match': '*' })).status).toBe(200);
		const nonsense = await owner.send('PUT', path, { name: 'Four' }, { 'if-match': 'yesterday' });
		expect([nonsense.status, Object.keys(nonsense.error.details.fields)]).toEqual([400, ['revision']]);
	});

	test.each([0, -1, 1.5, '1', null, 1e300])('refuses the revision %j', async (revision) => {
		const { status, error } = await owner.put(`/${kind}/${await make()}`, { name: 'n', revision });
		expect([status, error.code, Object.keys(error.details.fields)]).toEqual([400, 'VALIDATION_ERROR', ['revision']]);
	});

	test('twenty with one revision at once: exactly one wins', async () => {
		const path = `/${kind}/${await make()}`;
		const { revision } = (await owner.get(path)).data;
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, index) => owner.put(path, { name: `Writer ${index}`, revision })),
		);
		const [winner, ...others] = answers.filter(({ status }) => status === 200);
		expect(others).toEqual([]);
		expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
		expect((await owner.get(path)).data).toMatchObject({ name: winner!.data.name, revision: revision + 1 });
	});

	test('eight without a revision at once: all are taken, and the last one stays', async () => {
		const path = `/${kind}/${await make()}`;
		const { revision } = (await owner.get(path)).data;
		const answers = await Promise.all(
			Array.from({ length: 8 }, (_, index) => owner.put(path, { name: `Writer ${index}` })),
		);
		expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
		expect((await owner.get(path)).data.revision).toBe(revision + 8);
	});
});
