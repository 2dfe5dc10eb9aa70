// The templates of cards, run on data with empty cells: a group without a name is a group.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { templatesFor } from '$lib/domain/card-templates';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importFile } from './files';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
});
afterAll(() => worker.stop());

const WITH_VALUE = 'region,late,amount\nEMEA,true,1.5\n,false,2.5\nEMEA,,3.5\nAPAC,true,4.5\n,,5.5\n';
const WITHOUT_VALUE = WITH_VALUE.replace(/,amount|,\d\.5/g, '');

test.each([
	['with a quantity', WITH_VALUE],
	['without one', WITHOUT_VALUE],
])('%s, every template renders, and those that group show the rows without a group', async (_what, csv) => {
	const client = worker.client(ada.token);
	const { datasetId, schema } = await importFile(worker, ada, csv);
	const { rows } = await client.datasets.preview.query({ datasetId });
	const grouped: string[] = [];
	for (const { id, code } of templatesFor(schema, rows)) {
		if (code === null) continue;
		const { html } = await client.cards.previewDraft.mutate({ code, cardType: 'code', datasetIds: [datasetId] });
		if (html.includes('(empty)')) grouped.push(id);
	}
	expect(grouped).toEqual(['bar', 'pie', 'pivot']);
});
