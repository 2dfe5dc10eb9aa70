// Cards in a real store: what it takes of them, and what it does not.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv, salesCsv } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let datasetId: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
	datasetId = await importCsv(worker, ada, { name: 'sales', csv: salesCsv() });
});
afterAll(() => worker.stop());

const KB = 1024;
const save = (code: string, params = {}) =>
	worker.client(ada.token).cards.create.mutate({ name: 'Large', datasetId, code, params });
/** A card that declares one filter of this name. */
const filtering = (name: string) =>
	`def render(dataset, filters, params):\n    return HTMLResult("x", filter_applicable=["${name}"])\n`;

test('code and params of their full size are kept', async () => {
	const code = filtering('region').padEnd(256 * KB, '#');
	const params = { text: 'x'.repeat(64 * KB - 20) };
	expect(await save(code, params)).toMatchObject({ code, params, filterApplicable: ['region'] });
});

test('code that is too large together with what it names is refused, by field', async () => {
	await expect(save(filtering('x'.repeat(200 * KB)))).rejects.toMatchObject({
		code: 'VALIDATION_ERROR',
		details: { fields: { code: expect.stringContaining('names') } },
	});
});
