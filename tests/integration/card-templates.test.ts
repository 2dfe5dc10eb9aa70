// The code that people start from: the templates of cards, run on data with empty cells (a group without a name is a group), and
// the examples of the documentation.
import { readFileSync } from 'node:fs';
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

test('templates say in a form what one may want to change', async () => {
	const client = worker.client(ada.token);
	const { datasetId, schema } = await importFile(worker, ada, WITH_VALUE);
	const { rows } = await client.datasets.preview.query({ datasetId });
	const table = templatesFor(schema, rows).find(({ id }) => id === 'table')!.code!;
	const rendered = async (params?: Record<string, number>) =>
		(await client.cards.previewDraft.mutate({ code: table, datasetIds: [datasetId], ...(params && { params }) })).html;
	expect((await rendered()).match(/<tr>/g)).toHaveLength(1 + 5);
	expect((await rendered({ rows: 2 })).match(/<tr>/g)).toHaveLength(1 + 2);
});

test('every example of a card in the documentation renders', async () => {
	const flights = ['origin_state,departure,delay_min'];
	for (let day = 1; day <= 20; day += 1)
		flights.push(`${day % 2 ? 'CA' : 'NV'},2001-01-${String(day).padStart(2, '0')} 10:30:00,${day * 1.5}`);
	const { datasetId } = await importFile(worker, ada, flights.join('\n'));
	const page = readFileSync(new URL('../../docs/cards.md', import.meta.url), 'utf8');
	const examples = [...page.matchAll(/^```python\n([^]*?)^```/gm)].map((match) => match[1]!);
	const results = await Promise.all(
		examples.map((code) => worker.client(ada.token).cards.previewDraft.mutate({ code, datasetIds: [datasetId] })),
	);
	expect(results.map(({ kind, html }) => [kind, /c-number-trend|<table|bar/.exec(html)?.[0]])).toEqual([
		['figure', 'bar'],
		['html', '<table'],
		['figure', 'bar'],
		['html', 'c-number-trend'],
	]);
	const [, , bars, figure] = results;
	expect(bars!.html).toContain('Delays by state');
	expect(figure!.html).toContain('"c-number-value">30.0 min<');
	expect(figure!.html).toContain('<span class="c-number-delta bad">+5%</span> against the day before');
});
