// Which rows of a dataset whom is shown: the same card on the same dashboard, other numbers for other eyes.
import { beforeAll, describe, expect, test } from 'vitest';
import { newPerson, product, type Person } from './api';

let ada: Person;
let vera: Person;
let eve: Person;
let datasetId: string;
let cardId: string;
let dashboardId: string;

const CODE = `def render(dataset, filters, params):
    return f"{sorted(dataset['region'].dropna().unique())} {int(dataset['amount'].sum())} {filters}"
`;
const rule = (person: Person, values: string[], include_null = false) => ({
	principal_type: 'user',
	principal_id: person.userId,
	values,
	include_null,
});

beforeAll(async () => {
	[ada, vera, eve] = [await newPerson('Ada'), await newPerson('Vera'), await newPerson('Eve')];
	const form = new FormData();
	form.append('name', 'sales');
	form.append(
		'file',
		new Blob(['region,tier,amount\nAPAC,gold,1\nAPAC,basic,2\nEMEA,gold,4\n,trial,8\n']),
		'sales.csv',
	);
	datasetId = (await ada.post('/datasets', form)).data.dataset_id;
	cardId = (await ada.post('/cards', { name: 'Sum', dataset_id: datasetId, code: CODE })).data.card_id;
	const layout = { cards: [{ card_id: cardId, x: 0, y: 0, w: 6, h: 2 }] };
	const filters = [
		{ id: 'region', type: 'category', column: 'region', label: 'Region' },
		{ id: 'tier', type: 'category', column: 'tier', label: 'Tier' },
	];
	dashboardId = (await ada.post('/dashboards', { name: 'Sales', layout, filters })).data.dashboard_id;
	for (const person of [vera, eve]) {
		const share = { shared_to_type: 'user', shared_to_id: person.userId, permission: 'viewer' };
		await ada.post(`/dashboards/${dashboardId}/shares`, share);
	}
});

const path = () => `/datasets/${datasetId}/row-policies`;
const put = (policies: unknown[], more = {}) => ada.put(path(), { policies, ...more });
const run = async (person: Person, more = {}) =>
	(await person.post(`/cards/${cardId}/execute`, { dashboard_id: dashboardId, ...more })).data;
const optionsOf = async (person: Person) =>
	(await person.get(`/dashboards/${dashboardId}`)).data.filters.map(({ options }: { options: string[] }) => options);

describe('a policy on a column', () => {
	test('shows each person their rows alone, from the cache too', async () => {
		expect((await run(vera)).html).toBe("['APAC', 'EMEA'] 15 {}");
		await put([{ column: 'region', rules: [rule(vera, ['APAC']), rule(eve, ['EMEA'], true)] }]);
		for (const cached of [false, true]) {
			const forVera = await run(vera);
			expect([forVera.html, forVera.cached]).toEqual(["['APAC'] 3 {}", cached]);
			expect((await run(eve)).html).toBe("['EMEA'] 12 {}");
			expect((await run(ada)).html).toBe("['APAC', 'EMEA'] 15 {}");
		}
	});

	test('holds beside any filter that a viewer sets', async () => {
		expect((await run(vera, { filters: { region: ['EMEA'] } })).html).toMatch(/^\[\] 0 /);
		expect((await run(vera, { filters: { region: ['APAC', 'EMEA'] } })).html).toMatch(/^\['APAC'\] 3 /);
		expect((await run(eve, { filters: { tier: 'gold' } })).html).toMatch(/^\['EMEA'\] 4 /);
	});

	test('offers no choice from rows that are not shown', async () => {
		expect(await optionsOf(vera)).toEqual([['APAC'], ['basic', 'gold']]);
		expect(await optionsOf(eve)).toEqual([['EMEA'], ['gold', 'trial']]);
		expect(await optionsOf(ada)).toEqual([
			['APAC', 'EMEA'],
			['basic', 'gold', 'trial'],
		]);
	});

	test('shows in the page what it shows elsewhere', async () => {
		const page = async (person: Person) => {
			const headers = { cookie: `cardinal_session=${person.token}` };
			return (await fetch(`${product.url}/dashboards/${dashboardId}?render=wait`, { headers })).text();
		};
		expect(await page(vera)).toContain("['APAC'] 3");
		const forEve = await page(eve);
		expect(forEve).toContain("['EMEA'] 12");
		expect(forEve).not.toContain('APAC');
	});

	test('is lifted at once with its removal', async () => {
		const { status, data } = await put([]);
		expect([status, data.policies]).toEqual([200, []]);
		expect((await run(vera)).html).toBe("['APAC', 'EMEA'] 15 {}");
	});

	test('names nobody: nobody but the creator sees a row', async () => {
		await put([{ column: 'tier', rules: [] }]);
		expect((await run(vera)).html).toBe('[] 0 {}');
		expect((await run(ada)).html).toBe("['APAC', 'EMEA'] 15 {}");
		await put([]);
	});
});

describe('somebody who is kept from rows', () => {
	let mine: string;

	test('runs code of their own on their rows alone', async () => {
		const share = { shared_to_type: 'user', shared_to_id: vera.userId, permission: 'viewer' };
		expect((await ada.post(`/datasets/${datasetId}/shares`, share)).status).toBe(201);
		await put([{ column: 'region', rules: [rule(vera, ['APAC']), rule(eve, ['EMEA'])] }]);
		const made = await vera.post('/cards', { name: 'Mine', dataset_id: datasetId, code: CODE });
		expect(made.status).toBe(201);
		mine = made.data.card_id;
		const { data: previewed } = await vera.post(`/cards/${mine}/preview`, {});
		expect([previewed.html, previewed.input_row_count]).toEqual(["['APAC'] 3 {}", 2]);
		expect((await vera.post(`/cards/${mine}/execute`, {})).data.html).toBe("['APAC'] 3 {}");
	});

	test('sees their rows of it, and no others', async () => {
		const { data } = await vera.get(`/datasets/${datasetId}/preview`);
		expect([data.rows.map(([region]: [string]) => region), data.total_rows]).toEqual([['APAC', 'APAC'], 2]);
		const { data: described } = await vera.get(`/datasets/${datasetId}`);
		expect([described.row_count, described.import_summary, described.source_config]).toEqual([null, null, null]);
		const { data: listed } = await vera.get('/datasets');
		expect(listed.map(({ row_count }: { row_count: number | null }) => row_count)).toEqual([null]);
		expect((await ada.get(`/datasets/${datasetId}`)).data.row_count).toBe(4);
		const tiers = await vera.get(`/datasets/${datasetId}/columns/tier/values`);
		expect(tiers.data.values.map(({ value }: { value: string }) => value)).toEqual(['basic', 'gold']);
	});

	test('shows others a card of their own, each on the rows that those may see', async () => {
		const layout = { cards: [{ card_id: mine, x: 0, y: 0, w: 6, h: 2 }] };
		const { dashboard_id } = (await vera.post('/dashboards', { name: 'Mine', layout })).data;
		for (const person of [ada, eve]) {
			const share = { shared_to_type: 'user', shared_to_id: person.userId, permission: 'viewer' };
			await vera.post(`/dashboards/${dashboard_id}/shares`, share);
		}
		const seenBy = async (person: Person) => (await person.post(`/cards/${mine}/execute`, { dashboard_id })).data.html;
		expect(await seenBy(eve)).toBe("['EMEA'] 4 {}");
		expect(await seenBy(ada)).toBe("['APAC', 'EMEA'] 15 {}");
		expect(await seenBy(vera)).toBe("['APAC'] 3 {}");
		await put([]);
		expect(await seenBy(eve)).toBe("['APAC', 'EMEA'] 15 {}");
	});
});

describe('who says which rows whom is shown', () => {
	test('owns the dataset: not those whom it is shown to, and for others it is not there', async () => {
		for (const [person, status] of [
			[vera, 403],
			[eve, 404],
		] as const) {
			expect((await person.get(path())).status).toBe(status);
			expect((await person.put(path(), { policies: [] })).status).toBe(status);
		}
	});

	test('is told what is wrong, and nothing is changed', async () => {
		const { data: before } = await ada.get(path());
		const wrong = [
			{ column: 'gone', rules: [] },
			{ column: 'amount', rules: [rule(vera, ['many'])] },
			{ column: 'region', rules: [{ ...rule(vera, ['APAC']), principal_id: 'user_0000000000000000' }] },
		];
		const { status, error } = await put(wrong);
		expect(status).toBe(400);
		expect(error.details.fields).toEqual({
			'policies.0.column': 'is no column of this dataset',
			'policies.1.rules.0.values.0': 'must be a whole number',
			'policies.2.rules.0.principal_id': 'is nobody',
		});
		expect((await ada.get(path())).data).toEqual(before);
	});

	test('is told when somebody else was quicker', async () => {
		const { data } = await ada.get(path());
		expect((await put([], { revision: data.revision })).status).toBe(200);
		const late = await put([], { revision: data.revision });
		expect([late.status, late.error.code]).toEqual([409, 'REVISION_CONFLICT']);
	});
});
