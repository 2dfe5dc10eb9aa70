// Parameters that code declares, from saving to what the executor is given, with nothing replaced.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { bodyOf, importCsv, newDashboard, renderDashboard, salesCsv } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
const RENDER = `
def render(dataset, filters, params):
    return f"{sorted(params.items())} {len(dataset.head(params['top']))}"
`;
const codeWith = (most: number) => `PARAMS = {
    "top": {"type": "number", "default": 2, "min": 1, "max": ${most}, "step": 1},
    "since": {"type": "date"},
}
${RENDER}`;

let worker: ApiWorker;
let ada: Person;
let datasetId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
});
afterAll(() => worker.stop());

const cards = () => worker.client(ada.token).cards;

async function newCard(params?: Record<string, number | string>) {
	const fields = { name: 'Top', datasetId, code: codeWith(50) };
	const { cardId } = await cards().create.mutate({ ...fields, ...(params && { params }) });
	return cardId;
}

/** What a call is refused for, by field. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
	const caught = await call.then(
		() => null,
		(error: { details?: { fields?: unknown } }) => error,
	);
	return caught?.details?.fields;
}

test('code is given its defaults, and what is stored in their place; equal content has one name', async () => {
	const cardId = await newCard();
	const { dashboardId } = await newDashboard(worker, ada, [cardId]);
	const defaults = await renderDashboard(worker, ada, dashboardId);
	expect(bodyOf(defaults, cardId)).toBe("[('since', None), ('top', 2)] 2");

	await cards().update.mutate({ cardId, params: { top: 2 } });
	const same = await renderDashboard(worker, ada, dashboardId);
	expect(same.cards.get(cardId)).toMatchObject({ key: defaults.cards.get(cardId)!.key, cached: true });
	expect(same.end.timing.exec).toBe(0);

	const saved = await cards().update.mutate({ cardId, params: { top: 3, since: '2024-02-29' } });
	expect(saved.params).toEqual({ top: 3, since: '2024-02-29' });
	const changed = await renderDashboard(worker, ada, dashboardId);
	expect(bodyOf(changed, cardId)).toBe("[('since', '2024-02-29'), ('top', 3)] 3");
	expect(changed.end.timing.exec).toBe(1);
});

test('previews of saved cards and of drafts are given the same', async () => {
	const cardId = await newCard({ top: 3 });
	const saved = "[('since', None), ('top', 3)] 3";
	expect(await cards().preview.mutate({ cardId })).toMatchObject({ html: saved });
	const draft = { code: codeWith(50), datasetIds: [datasetId], params: { top: 4 } };
	const html = "[('since', None), ('top', 4)] 4";
	expect(await cards().previewDraft.mutate(draft)).toMatchObject({ html });
	expect(await cards().preview.mutate({ cardId, params: { top: 4 } })).toMatchObject({ html });
});

test('a broken declaration and values that do not fit are refused, saved or tried', async () => {
	const cardId = await newCard({ top: 3 });
	const brokenDefault = { code: 'line 2: "top" has a default that must be 1 at most' };
	expect(await refusal(cards().update.mutate({ cardId, code: codeWith(1) }))).toEqual(brokenDefault);
	expect(await refusal(cards().preview.mutate({ cardId, code: codeWith(1) }))).toEqual(brokenDefault);
	const computed = `PARAMS = make()${RENDER}`;
	expect(await refusal(cards().create.mutate({ name: 'Computed', datasetId, code: computed }))).toEqual({
		code: expect.stringMatching(/^line 1: PARAMS cannot be read without running the code/),
	});

	const wrong = { params: { top: 51, size: 1 } };
	const fields = { 'params.top': 'must be 50 at most', 'params.size': 'is not declared in PARAMS' };
	expect(await refusal(cards().update.mutate({ cardId, ...wrong }))).toEqual(fields);
	expect(await refusal(cards().preview.mutate({ cardId, ...wrong }))).toEqual(fields);
	expect(await refusal(cards().previewDraft.mutate({ code: codeWith(50), datasetIds: [datasetId], ...wrong }))).toEqual(
		fields,
	);
	// Code whose bounds the stored value does not keep any more.
	expect(await refusal(cards().update.mutate({ cardId, code: codeWith(2) }))).toEqual({
		'params.top': 'must be 2 at most',
	});
});

test('of values stored before, those that new code does not declare go; code that declares nothing keeps them all', async () => {
	const cardId = await newCard({ top: 3, since: '2024-01-02' });
	const code = 'PARAMS = {"top": {"type": "number"}}\ndef render(dataset, filters, params):\n    return str(params)\n';
	expect(await cards().preview.mutate({ cardId, code })).toMatchObject({ html: "{'top': 3}" });
	const undeclared = await cards().update.mutate({ cardId, code: RENDER });
	expect(undeclared.params).toEqual({ top: 3, since: '2024-01-02' });
	expect((await cards().update.mutate({ cardId, code })).params).toEqual({ top: 3 });
});
