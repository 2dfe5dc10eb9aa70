// Datasets by REST: made from a form, looked at, changed, deleted.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
	admin,
	expectNotThere,
	newCard,
	newDataset,
	newPerson,
	product,
	upload,
	type Answer,
	type Person,
} from './api';

let owner: Person;
let stranger: Person;
let datasetId: string;
beforeAll(async () => {
	[owner, stranger] = await Promise.all([newPerson('Olga'), newPerson('Sven')]);
	datasetId = await newDataset(owner);
});

describe('POST /datasets', () => {
	test('a small file is a dataset when the answer comes, its types detected', async () => {
		const { status, data, headers } = await upload(
			owner,
			{ name: ' People ' },
			'id,name,born\n007,Ann,1990-05-01\n008,Bob,\n',
		);
		expect(status).toBe(201);
		expect(data).toMatchObject({
			name: 'People',
			source_type: 'local_csv',
			status: 'ready',
			row_count: 2,
			column_count: 3,
			owner: { user_id: owner.userId, name: 'Olga' },
			last_import_by: { user_id: owner.userId, name: 'Olga' },
			partition_column: null,
			import_summary: { imported_rows: 2, rejected_rows: 0, rejects: [] },
			revision: expect.any(Number),
		});
		expect(data.dataset_id).toMatch(/^ds_[0-9a-z]{12,}$/);
		expect(data.version_id).toBeTruthy();
		expect(data.schema.map((column: { name: string; type: string }) => [column.name, column.type])).toEqual([
			['id', 'string'],
			['name', 'string'],
			['born', 'date'],
		]);
		expect(headers.get('etag')).toBe(`"${data.revision}"`);
	});

	test('settings override what is detected, and keep their names in the answer', async () => {
		const settings = {
			name: 'Overridden',
			has_header: 'false',
			delimiter: ';',
			skip_rows: '1',
			null_values: '["-"]',
			types: '{"column_1": "string"}',
			encoding: 'utf-8',
			reject_limit: '0.5',
		};
		const { status, data, error } = await upload(owner, settings, 'a remark\n1;x\n2;-\n');
		expect([status, error]).toEqual([201, undefined]);
		expect(data.row_count).toBe(2);
		expect(data.schema[0].type).toBe('string');
		expect(data.source_config.options).toMatchObject({ has_header: false, skip_rows: 1, null_values: ['-'] });
		const { data: preview } = await owner.get(`/datasets/${data.dataset_id}/preview`);
		expect(preview.rows).toEqual([
			['1', 'x'],
			['2', null],
		]);
	});

	test('a column of the file can part it', async () => {
		const { status, data } = await upload(owner, { name: 'Parted', partition_column: 'k' }, 'k,v\na,1\nb,2\na,3\n');
		expect(status).toBe(201);
		expect(data.partition_column).toBe('k');
		expect((await owner.get(`/datasets/${data.dataset_id}/columns/k/values`)).data.values).toEqual([
			{ value: 'a', count: 2 },
			{ value: 'b', count: 1 },
		]);
	});

	test.each([
		['an empty file', {}, '', 'empty_file'],
		['a picture', {}, new Uint8Array(Array.from({ length: 4000 }, (_, index) => (index * 7) % 256)), 'not_text'],
		['a partition column that it lacks', { partition_column: 'nope' }, 'a\n1\n', 'unknown_column'],
		['too many bad rows', {}, `a,b\n${'1,2,3\n'.repeat(10)}`, 'too_many_rejects'],
	])('%s is refused with its import code and leaves no dataset', async (_what, settings, content, importCode) => {
		const name = `Bad ${crypto.randomUUID()}`;
		const { status, error } = await upload(owner, { name, ...settings }, content);
		expect([status, error.code, error.details.import_code]).toEqual([400, 'VALIDATION_ERROR', importCode]);
		expect((await owner.get(`/datasets?q=${encodeURIComponent(name)}`)).body.pagination.total).toBe(0);
	});

	test.each([
		['name', { name: ' ' }],
		['name', { name: 'x'.repeat(256) }],
		['delimiter', { delimiter: ';;' }],
		['has_header', { has_header: 'maybe' }],
		['skip_rows', { skip_rows: 'two' }],
		['null_values', { null_values: 'NA' }],
		['types', { types: '[' }],
		['types.a', { types: '{"a": "money"}' }],
		['reject_limit', { reject_limit: '2' }],
		['encoding', { encoding: 'EBCDIC' }],
	])('a bad %s is refused and named: %j', async (field, settings) => {
		const { status, error } = await upload(owner, { name: 'n', ...settings }, 'a\n1\n');
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});

	test('a form without a file, and a body that is no form, are refused', async () => {
		expect((await upload(owner, { name: 'n' })).error.details.fields).toEqual({ file: 'is missing' });
		expect((await owner.post('/datasets', { name: 'n' })).status).toBe(415);
		const cut = await owner.send(
			'POST',
			'/datasets',
			'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na,b\n',
			{
				'content-type': 'multipart/form-data; boundary=x',
			},
		);
		expect([cut.status, cut.error.code]).toEqual([400, 'BAD_REQUEST']);
	});

	test('above 10 MB the answer is 202, and the detail says when it is ready', async () => {
		const rows = 800_000;
		const content = `k,v\n${Array.from({ length: rows }, (_, index) => `name-${index % 9},${index}`).join('\n')}\n`;
		expect(content.length).toBeGreaterThan(10_000_000);
		const { status, data } = await upload(owner, { name: 'Large' }, content);
		expect([status, data.status]).toEqual([202, 'importing']);
		let detail: Answer;
		const deadline = Date.now() + 50_000;
		do {
			await sleep(300);
			detail = await owner.get(`/datasets/${data.dataset_id}`);
		} while (detail.data.status === 'importing' && Date.now() < deadline);
		expect(detail.data).toMatchObject({ status: 'ready', row_count: rows, error: null });
	});
});

describe('GET /datasets', () => {
	test('lists own datasets only, newest first, without details', async () => {
		const marker = `Mine ${crypto.randomUUID()}`;
		const first = await newDataset(owner, marker);
		const second = await newDataset(owner, marker);
		const { data, body } = await owner.get(`/datasets?q=${encodeURIComponent(marker.toUpperCase())}`);
		expect(data.map((one: { dataset_id: string }) => one.dataset_id)).toEqual([second, first]);
		expect(body.pagination).toEqual({ total: 2, limit: 50, offset: 0, has_next: false });
		expect(data[0]).not.toHaveProperty('schema');
		expect((await stranger.get(`/datasets?q=${encodeURIComponent(marker)}`)).data).toEqual([]);
		expect((await (await admin()).get(`/datasets?q=${encodeURIComponent(marker)}`)).data).toEqual([]);
	});
});

describe('one dataset', () => {
	test('its owner and an admin see it; for everybody else it is not there, whatever they try', async () => {
		expect((await owner.get(`/datasets/${datasetId}`)).status).toBe(200);
		expect((await (await admin()).get(`/datasets/${datasetId}`)).data.owner.name).toBe('Olga');
		for (const address of ['', '/preview', '/columns/region/values', '/used-by'])
			expectNotThere(await stranger.get(`/datasets/${datasetId}${address}`));
		expectNotThere(await stranger.put(`/datasets/${datasetId}`, { name: 7 }));
		expectNotThere(await stranger.remove(`/datasets/${datasetId}`));
	});

	test('its first rows come in file order, as many as asked for', async () => {
		const { data } = await owner.get(`/datasets/${datasetId}/preview?limit=2`);
		expect(data).toEqual({
			columns: ['region', 'amount', 'day'],
			rows: [
				['north', 10, '2026-01-01'],
				['south', 20, '2026-01-02'],
			],
			total_rows: 4,
			preview_rows: 2,
		});
		for (const limit of ['0', '1001', 'x'])
			expect((await owner.get(`/datasets/${datasetId}/preview?limit=${limit}`)).status).toBe(400);
		expect((await owner.get(`/datasets/${datasetId}/preview?limit=1000`)).data.preview_rows).toBe(4);
	});

	test('the values of a column are sorted and counted, nulls apart', async () => {
		const { data } = await owner.get(`/datasets/${datasetId}/columns/region/values`);
		expect(data).toEqual({
			column: 'region',
			values: [
				{ value: 'north', count: 2 },
				{ value: 'south', count: 1 },
			],
			null_count: 1,
			truncated: false,
		});
		expectNotThere(await owner.get(`/datasets/${datasetId}/columns/nope/values`));
		expectNotThere(await owner.get(`/datasets/${datasetId}/columns/__proto__/values`));
	});

	test('a column is named by its percent-encoded name, whatever is in it', async () => {
		const { data } = await upload(owner, { name: 'Odd' }, '"a/b",100%,月 日,a+b\n1,2,3,4\n');
		for (const [column, value] of [
			['a/b', 1],
			['100%', 2],
			['月 日', 3],
			['a+b', 4],
		] as const) {
			const answer = await owner.get(`/datasets/${data.dataset_id}/columns/${encodeURIComponent(column)}/values`);
			expect(answer.data).toMatchObject({ column, values: [{ value, count: 1 }] });
		}
	});

	test('a change leaves out what it does not name, and its revision counts', async () => {
		const id = await newDataset(owner, 'Before');
		const { data: before } = await owner.get(`/datasets/${id}`);
		const { status, data } = await owner.put(`/datasets/${id}`, {
			description: 'All of them',
			row_count: 0,
			owner: null,
		});
		expect(status).toBe(200);
		expect(data).toMatchObject({
			name: 'Before',
			description: 'All of them',
			row_count: 4,
			revision: before.revision + 1,
		});
		expect((await owner.put(`/datasets/${id}`, { description: null, name: 'After' })).data).toMatchObject({
			name: 'After',
			description: null,
		});
		expect(
			(await owner.put(`/datasets/${id}`, { description: 'x'.repeat(10_001) })).error.details.fields,
		).toHaveProperty('description');
	});

	test('one that a card uses is not deleted, and the answer names the card', async () => {
		const id = await newDataset(owner, 'Used');
		const cardId = await newCard(owner, { name: 'User of it', dataset_id: id });
		const { status, error } = await owner.remove(`/datasets/${id}`);
		expect([status, error.code]).toEqual([409, 'IN_USE']);
		expect(JSON.stringify(error.details)).toContain('User of it');
		expect((await owner.get(`/datasets/${id}/used-by`)).data).toEqual([
			{ id: cardId, kind: 'card', name: 'User of it' },
		]);
		expect((await owner.remove(`/cards/${cardId}`)).status).toBe(204);
		expect((await owner.remove(`/datasets/${id}`)).status).toBe(204);
		expectNotThere(await owner.remove(`/datasets/${id}`));
		expectNotThere(await owner.get(`/datasets/${id}`));
	});
});

test('an upload in parts becomes a dataset too', async () => {
	const content = 'a,b\n1,2\n';
	const begun = await owner.post('/uploads', { file_name: 'parts.csv', size: content.length });
	expect(begun.status).toBe(201);
	const { upload_id: uploadId, part_url: partUrl } = begun.data;
	const sent = await fetch(`${product.url}${partUrl.replace('{part}', '1')}`, {
		method: 'PUT',
		body: content,
		headers: { authorization: `Bearer ${owner.token}` },
	});
	expect(sent.status).toBe(204);
	expectNotThere(await stranger.get(`/uploads/${uploadId}`));
	expect((await owner.post(`/uploads/${uploadId}/complete`)).data.status).toBe('complete');
	const made = await owner.post(`/uploads/${uploadId}/import`, { name: 'From parts', options: { has_header: true } });
	expect([made.status, made.data?.row_count]).toEqual([201, 1]);
	expect((await owner.post('/uploads', { file_name: 'huge.csv', size: 101_000_000 })).error).toMatchObject({
		code: 'TOO_LARGE',
		details: { import_code: 'too_large' },
	});
});
