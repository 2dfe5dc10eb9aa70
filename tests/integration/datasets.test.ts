// Datasets: from a CSV to typed, readable rows; and files that will not do, which leave nothing behind.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { eventually, importFile, storedKeys, upload } from './files';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
});
afterAll(() => worker.stop());

const PNG = Uint8Array.from([
	0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6,
]);
const TYPED = [
	'id,big,amount,ok,day,at,instant,city,code',
	'1,9007199254740993,1.5,true,2024-02-29,2024-02-29 12:30,2024-02-29T12:30:00.000001+09:00,東京,007',
	'2,-9007199254740993,,false,1969-12-31,1969-12-31 23:59:59.5,1969-12-31T23:59:59.999999Z,"a ""b"", c",+5',
	'3,,-2e-3,,,,,,',
].join('\n');

describe('an import', () => {
	test('keeps types, exact integers, microseconds, nulls and the order of rows', async () => {
		const dataset = await importFile(worker, ada, TYPED, { name: 'Typed' });
		expect(dataset).toMatchObject({
			name: 'Typed',
			status: 'ready',
			rowCount: 3,
			columnCount: 9,
			owner: { userId: ada.userId, name: 'Ada' },
			lastImportBy: { userId: ada.userId },
			importSummary: { importedRows: 3, rejectedRows: 0, rejects: [] },
			revision: 1,
		});
		expect(dataset.schema.map(({ name, type, zoned }) => `${name} ${type}${zoned ? ' UTC' : ''}`)).toEqual([
			'id int64',
			'big int64',
			'amount float64',
			'ok bool',
			'day date',
			'at datetime',
			'instant datetime UTC',
			'city string',
			'code string',
		]);
		const preview = await worker.client(ada.token).datasets.preview.query({ datasetId: dataset.datasetId });
		expect(preview).toEqual({
			columns: ['id', 'big', 'amount', 'ok', 'day', 'at', 'instant', 'city', 'code'],
			rows: [
				[
					1,
					'9007199254740993',
					1.5,
					true,
					'2024-02-29',
					'2024-02-29T12:30:00',
					'2024-02-29T03:30:00.000001Z',
					'東京',
					'007',
				],
				[
					2,
					'-9007199254740993',
					null,
					false,
					'1969-12-31',
					'1969-12-31T23:59:59.5',
					'1969-12-31T23:59:59.999999Z',
					'a "b", c',
					'+5',
				],
				[3, null, -0.002, null, null, null, null, null, null],
			],
			totalRows: 3,
			previewRows: 3,
		});
	});

	test('drops its upload and leaves exactly its files and their manifest', async () => {
		const dataset = await importFile(worker, ada, 'a,b\n1,2\n');
		const keys = await storedKeys(services, `datasets/${dataset.datasetId}/`);
		expect(keys.sort()).toEqual([`${dataset.s3Path}data/part-0000.parquet`, `${dataset.s3Path}manifest.json`]);
		expect(await storedKeys(services, `uploads/${ada.userId}/`)).toEqual([]);
	});

	test('into partitions makes a file for each value', async () => {
		const dataset = await importFile(worker, ada, 'city,n\n東京,1\nOslo,2\n東京,3\n,4\n', {
			options: { partitionColumn: 'city' },
		});
		expect(dataset).toMatchObject({ status: 'ready', rowCount: 4, partitionColumn: 'city' });
		expect(await storedKeys(services, `${dataset.s3Path}partitions/`)).toHaveLength(3);
		const values = await worker
			.client(ada.token)
			.datasets.values.query({ datasetId: dataset.datasetId, column: 'city' });
		expect(values).toEqual({
			column: 'city',
			values: [
				{ value: 'Oslo', count: 1 },
				{ value: '東京', count: 2 },
			],
			nullCount: 1,
			truncated: false,
		});
		const { rows } = await worker.client(ada.token).datasets.preview.query({ datasetId: dataset.datasetId });
		expect(rows.map(([, n]) => n).sort()).toEqual([1, 2, 3, 4]);
	});

	test('counts what it rejects and says where', async () => {
		const rows = Array.from({ length: 300 }, (_, n) => `${n},x`).join('\n');
		const dataset = await importFile(worker, ada, `n,t\n${rows}\nbroken\n`);
		expect(dataset).toMatchObject({
			rowCount: 300,
			importSummary: { importedRows: 300, rejectedRows: 1, rejects: [{ line: 302, reason: 'too_few_fields' }] },
		});
	});

	test('above the limit of a small one goes on after the answer, seen by its owner alone', async () => {
		const large = await startApiWorker({ services, variables: { SMALL_IMPORT_BYTES: '10' } });
		try {
			const placeholder = await importFile(large, ada, 'a,b\n1,2\n3,4\n5,6\n', { name: 'Later' });
			expect(placeholder).toMatchObject({ status: 'importing', rowCount: 0, versionId: null });
			await expect(
				large.client(eve.token).datasets.get.query({ datasetId: placeholder.datasetId }),
			).rejects.toMatchObject({ code: 'NOT_FOUND' });
			const job = await eventually(async () => {
				const now = await large.client(ada.token).jobs.get.query({ jobId: placeholder.jobId! });
				return now.status === 'succeeded' && now;
			}, 'the job succeeded');
			expect(job).toMatchObject({ step: 'done', error: null, datasetId: placeholder.datasetId });
			expect(await large.client(ada.token).datasets.get.query({ datasetId: placeholder.datasetId })).toMatchObject({
				status: 'ready',
				rowCount: 3,
			});
		} finally {
			await large.stop();
		}
	});

	test('that fails after the answer stays readable with its reason', async () => {
		const large = await startApiWorker({ services, variables: { SMALL_IMPORT_BYTES: '10' } });
		try {
			const { datasetId } = await importFile(large, ada, `${'\u0000\u0001\u0002binary'.repeat(40)}\n`, { name: 'Bad' });
			const failed = await eventually(async () => {
				const now = await large.client(ada.token).datasets.get.query({ datasetId });
				return now.status === 'failed' && now;
			}, 'the dataset failed');
			expect(failed.error).toMatchObject({ importCode: 'not_text', message: expect.stringContaining('binary') });
			expect(await storedKeys(services, `datasets/${datasetId}/`)).toEqual([]);
			await large.client(ada.token).datasets.remove.mutate({ datasetId });
		} finally {
			await large.stop();
		}
	});
});

test('a header alone is a dataset of its columns, without rows', async () => {
	const { datasets } = worker.client(ada.token);
	const { datasetId, ...dataset } = await importFile(worker, ada, 'a,b\n');
	expect(dataset).toMatchObject({ status: 'ready', rowCount: 0, schema: [{ type: 'string' }, { type: 'string' }] });
	expect(await datasets.preview.query({ datasetId })).toMatchObject({ columns: ['a', 'b'], rows: [] });
	expect((await datasets.values.query({ datasetId, column: 'a' })).values).toEqual([]);
});

describe('a file that will not do', () => {
	test.each([
		['blank lines', '\n\n\n', 'empty_file'],
		['a picture named .csv', PNG, 'not_text'],
		['one row in ten broken', `a,b\n${'1,2\n'.repeat(90)}${'3\n'.repeat(10)}`, 'too_many_rejects'],
	])('(%s) is told by its code and leaves nothing', async (_what, content, importCode) => {
		const before = await worker.client(ada.token).datasets.list.query({});
		await expect(importFile(worker, ada, content)).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			message: expect.stringMatching(/\w/),
			details: { importCode },
		});
		expect((await worker.client(ada.token).datasets.list.query({})).pagination.total).toBe(before.pagination.total);
		expect(await storedKeys(services, `uploads/${ada.userId}/`)).toEqual([]);
	});

	test('is not found for an upload that is absent, somebody else’s or used up, whatever else is sent', async () => {
		const client = worker.client(ada.token);
		const foreign = await upload(worker, eve, 'a\n1\n');
		const used = await upload(worker, ada, 'a\n1\n');
		await client.datasets.import.mutate({ uploadId: used, name: 'First' });
		for (const uploadId of ['up_0000000000000000', 'nonsense', foreign, used]) {
			await expect(client.datasets.import.mutate({ uploadId, name: '' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		}
	});

	test('is refused for an upload that is open, naming the field', async () => {
		const client = worker.client(ada.token);
		const { uploadId } = await client.uploads.create.mutate({ fileName: 'a.csv', size: 5 });
		await expect(client.datasets.import.mutate({ uploadId, name: 'X' })).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { uploadId: 'is not complete' } },
		});
	});
});

describe('the first look', () => {
	const look = (body: string | Uint8Array<ArrayBuffer>, options = {}, token = ada.token) =>
		fetch(`${worker.url}/upload/inspect?options=${encodeURIComponent(JSON.stringify(options))}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}` },
			body,
		});

	test('says what was detected, and what an override makes of it', async () => {
		const seen = await (await look('a;b\n1;x\n2;y\n')).json();
		expect(seen).toMatchObject({ encoding: 'UTF-8', delimiter: ';', header: true, rowsSeen: 2, complete: true });
		const asText = (await (await look('a;b\n1;x\n', { types: { a: 'string' } })).json()) as {
			columns: { type: string }[];
		};
		expect(asText.columns[0]!.type).toBe('string');
	});

	test('refuses what is no table, too long, or no option', async () => {
		const picture = await look(PNG);
		expect(picture.status).toBe(400);
		expect(await picture.json()).toMatchObject({
			error: { code: 'VALIDATION_ERROR', details: { importCode: 'not_text' } },
		});
		expect((await look('a\n'.repeat(600_000))).status).toBe(413);
		expect((await look('a\n1\n', { delimiter: 'long' })).status).toBe(400);
		expect((await look('a\n1\n', {}, 'nobody')).status).toBe(401);
	});
});

describe('a dataset', () => {
	test('is renamed, and of two changes of one revision the second is told the current state', async () => {
		const client = worker.client(ada.token);
		const { datasetId, revision } = await importFile(worker, ada, 'a\n1\n');
		const renamed = await client.datasets.update.mutate({ datasetId, name: 'Renamed', revision });
		expect(renamed).toMatchObject({ name: 'Renamed', revision: revision + 1, rowCount: 1 });
		await expect(client.datasets.update.mutate({ datasetId, name: 'Again', revision })).rejects.toMatchObject({
			code: 'REVISION_CONFLICT',
			details: { current: { name: 'Renamed', revision: revision + 1 } },
		});
	});

	test('is deleted with all it stored', async () => {
		const client = worker.client(ada.token);
		const { datasetId } = await importFile(worker, ada, 'a\n1\n');
		await client.datasets.remove.mutate({ datasetId });
		await expect(client.datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(client.datasets.remove.mutate({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await eventually(
			async () => (await storedKeys(services, `datasets/${datasetId}/`)).length === 0,
			'its objects are gone',
		);
	});

	test('is its owner’s and the admins’ alone', async () => {
		const { datasetId } = await importFile(worker, ada, 'a\n1\n');
		const { datasets } = worker.client(eve.token);
		for (const call of [
			() => datasets.get.query({ datasetId }),
			() => datasets.preview.query({ datasetId }),
			() => datasets.values.query({ datasetId, column: 'a' }),
			() => datasets.update.mutate({ datasetId, name: 'Mine' }),
			() => datasets.remove.mutate({ datasetId }),
		]) {
			await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		}
		expect(await worker.client(boss.token).datasets.get.query({ datasetId })).toMatchObject({
			owner: { userId: ada.userId, name: 'Ada' },
		});
		expect((await worker.client(eve.token).datasets.list.query({})).items).toEqual([]);
	});

	test('tells the least 500 of many values with exact counts, and that there are more', async () => {
		const rows = Array.from({ length: 20_000 }, (_, n) => `v${String((n * 7919) % 9000).padStart(4, '0')}`);
		const { datasetId } = await importFile(worker, ada, `v\n${rows.join('\n')}\n`);
		const { values, truncated } = await worker.client(ada.token).datasets.values.query({ datasetId, column: 'v' });
		const expected = new Map<string, number>();
		for (const row of rows) expected.set(row, (expected.get(row) ?? 0) + 1);
		expect(truncated).toBe(true);
		expect(values).toEqual(
			[...expected]
				.sort()
				.slice(0, 500)
				.map(([value, count]) => ({ value, count })),
		);
		await expect(worker.client(ada.token).datasets.values.query({ datasetId, column: 'none' })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
	});
});
