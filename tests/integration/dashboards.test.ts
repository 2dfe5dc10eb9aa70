// Cards and dashboards as their owners write them: who may, what conflicts, what is in use, and what a clone shows.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { bodyOf, importCsv, newDashboard, renderDashboard, salesCsv, salesSum, sumCard } from './data';
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
	cardId = await newCard();
});
afterAll(() => worker.stop());

const by = (person: Person) => worker.client(person.token);
async function newCard(person = ada, more: Record<string, unknown> = {}): Promise<string> {
	const card = await by(person).cards.create.mutate({ name: 'Sum', datasetId, code: sumCard('sum'), ...more });
	return card.cardId;
}
type Permission = 'viewer' | 'editor' | 'owner';
const shareTo = (dashboardId: string, person: Person, permission: Permission, expiresAt: string | null = null) =>
	by(ada).shares.create.mutate({ dashboardId, sharedToType: 'user', sharedToId: person.userId, permission, expiresAt });
const fieldsOf = (error: { details?: { fields?: Record<string, string> } }) => Object.keys(error.details?.fields ?? {});

describe('a card', () => {
	test('knows its datasets by the names they had, the columns that it names, and the filters that it declares', async () => {
		const code =
			'def render(dataset, filters, params):\n    return HTMLResult(str(dataset["amount"].sum()), filter_applicable=["region"])';
		const card = await by(ada).cards.create.mutate({
			name: '  Sum  ',
			datasetIds: [datasetId],
			code,
			params: { n: 1e300 },
		});
		expect(card).toMatchObject({
			name: 'Sum',
			cardType: 'code',
			dataset: { datasetId },
			datasetIds: [datasetId],
			datasets: [{ datasetId, alias: 'sales' }],
			usedColumns: ['region', 'amount'],
			filterApplicable: ['region'],
			params: { n: 1e300 },
			revision: 1,
			owner: { userId: ada.userId, name: 'Ada' },
		});
		const given = await by(ada).cards.update.mutate({ cardId: card.cardId, filterApplicable: ['day'] });
		expect(given).toMatchObject({ filterApplicable: ['day'], revision: 2 });
		const recoded = await by(ada).cards.update.mutate({ cardId: card.cardId, code: sumCard('x') });
		expect(recoded.filterApplicable).toEqual(['day']);
		expect(
			(await by(ada).cards.update.mutate({ cardId: card.cardId, filterApplicable: null })).filterApplicable,
		).toBeNull();
		const { items } = await by(ada).cards.list.query({ q: 'sum' });
		expect(items.find((item) => item.cardId === card.cardId)).not.toHaveProperty('code');
	});

	test('is refused by the field that is wrong, and a foreign dataset like an absent one', async () => {
		const create = (fields: object) =>
			by(eve)
				.cards.create.mutate({ name: 'x', code: sumCard('x'), ...fields })
				.catch(fieldsOf);
		expect(await create({ datasetId })).toEqual(['datasetId']);
		expect(await create({ datasetIds: ['ds_0000000000000000'] })).toEqual(['datasetIds.0']);
		expect(await create({})).toEqual(['datasetId']);
		expect(await create({ datasetId, code: 'x = 1' })).toContain('code');
		await expect(by(eve).cards.get.query({ cardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});

	test('previews unsaved code with what it printed, what it read and where it failed', async () => {
		const code =
			'def render(dataset, filters, params):\n    print("hello", filters)\n    return f"{len(dataset)} {params[\'unit\']}"';
		const preview = await by(ada).cards.preview.mutate({
			cardId,
			code,
			params: { unit: 'rows' },
			filters: { region: ['EMEA'], nothing: 'x' },
		});
		expect(preview).toMatchObject({ kind: 'html', inputRowCount: 270, filteredRowCount: 90 });
		expect(preview.html).toContain('90 rows');
		expect(preview.stdout).toContain("hello {'region': ['EMEA']}");

		const failing = by(ada).cards.previewDraft.mutate({
			code: 'def render(d, f, p):\n    return 1 / 0',
			datasetIds: [datasetId],
		});
		await expect(failing).rejects.toMatchObject({
			code: 'CARD_CODE_ERROR',
			details: { line: 2, traceback: expect.stringContaining('ZeroDivisionError') },
		});
		await expect(by(eve).cards.preview.mutate({ cardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(
			by(eve).cards.previewDraft.mutate({ code: sumCard('x'), datasetIds: [datasetId] }),
		).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
	});

	test('executes for its owner, and for a viewer of a dashboard that shows it', async () => {
		const mine = await by(ada).cards.execute.mutate({ cardId, filters: { region: 'APAC' } });
		expect(mine.html).toContain(`sum: ${salesSum({ regions: ['APAC'] })}`);
		expect(await by(ada).cards.execute.mutate({ cardId, filters: { region: ['APAC'] } })).toMatchObject({
			cached: true,
			html: mine.html,
		});
		expect(await by(ada).cards.execute.mutate({ cardId, filters: { region: 'APAC' }, useCache: false })).toMatchObject({
			cached: false,
		});

		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const without = await newDashboard(worker, ada, []);
		await expect(by(eve).cards.execute.mutate({ cardId, dashboardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await Promise.all([shareTo(dashboardId, eve, 'viewer'), shareTo(without.dashboardId, eve, 'viewer')]);
		expect(await by(eve).cards.execute.mutate({ cardId, dashboardId, filters: { region: 'APAC' } })).toMatchObject({
			cached: true,
			html: mine.html,
		});
		await expect(by(eve).cards.execute.mutate({ cardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(by(eve).cards.execute.mutate({ cardId, dashboardId: without.dashboardId })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
	});

	test('that a dashboard shows is not deleted, and neither is a dataset that a card uses', async () => {
		const used = await newCard();
		const { dashboardId } = await newDashboard(worker, ada, [used], 'Shows it');
		await expect(by(ada).cards.remove.mutate({ cardId: used })).rejects.toMatchObject({
			code: 'IN_USE',
			details: { usedBy: [{ id: dashboardId, kind: 'dashboard', name: 'Shows it' }] },
		});
		await expect(by(ada).datasets.remove.mutate({ datasetId })).rejects.toMatchObject({ code: 'IN_USE' });
		await by(ada).dashboards.update.mutate({ dashboardId, layout: { cards: [] } });
		await by(ada).cards.remove.mutate({ cardId: used });
		await expect(by(ada).cards.remove.mutate({ cardId: used })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});
});

describe('a dashboard', () => {
	test('takes only own cards, each once, and remembers what it was given', async () => {
		const place = (id: string) => ({ cardId: id, x: 0, y: 0, w: 4, h: 3 });
		const create = (ids: string[], person = ada) =>
			by(person).dashboards.create.mutate({ name: 'x', layout: { cards: ids.map(place) } });
		expect(await create([cardId], eve).catch(fieldsOf)).toEqual(['layout.cards.0.cardId']);
		expect(await create([cardId, cardId]).catch(fieldsOf)).toEqual(['layout.cards.1.cardId']);
		const made = await create([cardId]);
		expect(made).toMatchObject({
			name: 'x',
			myPermission: 'owner',
			layout: { cards: [place(cardId)], columns: 12, rowHeight: 100 },
			revision: 1,
		});
	});

	test('of sixty cards can be made, changed and deleted, and frees every card', async () => {
		const cards = await Promise.all(Array.from({ length: 60 }, () => newCard()));
		const { dashboardId } = await newDashboard(worker, ada, cards, 'Sixty');
		await expect(by(ada).cards.remove.mutate({ cardId: cards[59]! })).rejects.toMatchObject({ code: 'IN_USE' });
		const others = await Promise.all(Array.from({ length: 60 }, () => newCard()));
		const layout = { cards: others.map((id) => ({ cardId: id, x: 0, y: 0, w: 1, h: 1 })) };
		await by(ada).dashboards.update.mutate({ dashboardId, layout });
		await Promise.all(cards.map((id) => by(ada).cards.remove.mutate({ cardId: id })));
		await by(ada).dashboards.remove.mutate({ dashboardId });
		await Promise.all(others.map((id) => by(ada).cards.remove.mutate({ cardId: id })));
	});

	test('that fifty people change at once takes one change a revision and tells the others what it is now', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		const writes = await Promise.allSettled(
			Array.from({ length: 50 }, (_, n) =>
				by(ada).dashboards.update.mutate({ dashboardId, name: `Name ${n}`, revision: 1 }),
			),
		);
		const won = writes.filter((write) => write.status === 'fulfilled');
		expect(won).toHaveLength(1);
		for (const write of writes) {
			if (write.status === 'rejected') {
				expect(write.reason).toMatchObject({
					code: 'REVISION_CONFLICT',
					details: { current: { dashboardId, revision: 2, name: won[0]!.value.name } },
				});
			}
		}
	});

	test('without a revision the last one wins, and no change of layout is lost half-way', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId]);
		await Promise.all([1, 2, 3].map((n) => by(ada).dashboards.update.mutate({ dashboardId, name: `Name ${n}` })));
		expect((await by(ada).dashboards.get.query({ dashboardId })).revision).toBe(4);
	});

	test('lists own and shared, says what one may do, and is gone for everybody once deleted', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId], 'Quarterly');
		const listed = async (person: Person) => (await by(person).dashboards.list.query({ q: 'quarter' })).items;
		expect(await listed(eve)).toEqual([]);
		await shareTo(dashboardId, eve, 'editor');
		expect(await listed(eve)).toMatchObject([
			{ dashboardId, myPermission: 'editor', cardCount: 1, owner: { name: 'Ada' } },
		]);
		await expect(by(eve).dashboards.remove.mutate({ dashboardId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await by(ada).dashboards.remove.mutate({ dashboardId });
		expect(await listed(eve)).toEqual([]);
		expect(await listed(ada)).toEqual([]);
		await expect(by(ada).dashboards.remove.mutate({ dashboardId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});
});

describe('a clone', () => {
	test('shows the cards of others only while its owner still sees where they come from', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [cardId], 'Sales');
		const { id } = await shareTo(dashboardId, eve, 'viewer');
		const clone = await by(eve).dashboards.clone.mutate({ dashboardId });
		expect(clone).toMatchObject({
			name: 'Sales (copy)',
			owner: { userId: eve.userId },
			myPermission: 'owner',
			layout: { cards: [{ cardId }] },
		});
		const again = await by(eve).dashboards.clone.mutate({ dashboardId: clone.dashboardId, name: 'Again' });
		for (const copy of [clone, again]) {
			expect(bodyOf(await renderDashboard(worker, eve, copy.dashboardId), cardId)).toContain(`sum: ${salesSum()}`);
		}
		expect(
			await by(eve).dashboards.update.mutate({ dashboardId: clone.dashboardId, name: 'Mine', layout: clone.layout }),
		).toMatchObject({ name: 'Mine' });

		await by(ada).shares.remove.mutate({ dashboardId, shareId: id });
		for (const copy of [clone, again]) {
			// A write ends what this location remembers of the copy itself.
			await by(eve).dashboards.update.mutate({ dashboardId: copy.dashboardId, description: 'still here' });
			const rendered = await renderDashboard(worker, eve, copy.dashboardId);
			expect(rendered.cards.get(cardId)).toMatchObject({ status: 'error', error: { code: 'NOT_FOUND' } });
			await expect(by(eve).cards.execute.mutate({ cardId, dashboardId: copy.dashboardId })).rejects.toMatchObject({
				code: 'NOT_FOUND',
			});
		}
		const view = await by(eve).dashboards.view.query({ dashboardId: clone.dashboardId });
		expect(view.cards).toMatchObject([{ cardId, unavailable: true, name: '', key: '' }]);
	});
});
