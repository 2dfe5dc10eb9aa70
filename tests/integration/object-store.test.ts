// What every object store must do for the port, seen from a Worker.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Cost } from '../../src/worker/cost';
import { newId } from '../../src/worker/ids';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';

const { s3, dynamo } = inject('services');
let miniflare: Miniflare;

beforeAll(async () => {
	const root = resolve(import.meta.dirname, '../..');
	const { outputFiles } = await build({
		entryPoints: [resolve(import.meta.dirname, 'object-store-worker.ts')],
		bundle: true,
		write: false,
		format: 'esm',
		alias: { $lib: resolve(root, 'src/lib') },
	});
	miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: true,
			script: outputFiles[0]!.text,
			compatibilityDate: '2026-11-01',
			cf: false,
			log: new Log(LogLevel.ERROR),
			bindings: { S3: { ...s3 }, DYNAMO: { ...dynamo } },
		}),
	);
});
afterAll(() => miniflare.dispose());

interface Answer {
	result?: unknown;
	error?: { code: string; message: string };
	calls: number;
}

async function ask(method: string, ...args: unknown[]): Promise<Answer> {
	const answer = await miniflare.dispatchFetch('http://store/', {
		method: 'POST',
		body: JSON.stringify({ method, args }),
	});
	return (await answer.json()) as Answer;
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const folder = () => `test/${newId('up')}/`;

describe('an object', () => {
	test('comes back as it was stored, whole, in part, or by its head', async () => {
		const key = `${folder()}a.json`;
		const { result: stored } = await ask('put', key, '{"a":"東京"}', 'application/json');
		expect(await ask('get', key)).toMatchObject({ result: '{"a":"東京"}', calls: 1 });
		expect((await ask('range', key, 1, 4)).result).toBe('"a"');
		expect((await ask('head', key)).result).toEqual(stored);
	});

	test('that is not there is null, and a range of it an error', async () => {
		const key = `${folder()}none`;
		expect((await ask('get', key)).result).toBeNull();
		expect((await ask('head', key)).result).toBeNull();
		expect((await ask('range', key, 0, 1)).error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
		expect((await ask('remove', key)).error).toBeUndefined();
	});

	test('shorter than the range that is asked for is an error, never fewer bytes', async () => {
		const key = `${folder()}short`;
		await ask('put', key, '12345');
		expect((await ask('range', key, 3, 9)).error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});

	test.each(['a b+c', '東京=100%', 'p=%E6%9D%B1/part', "q'(x)*!~", 'a&b<c>', 'region=a%2Fb'])(
		'may be called %s',
		async (name) => {
			const prefix = folder();
			await ask('put', prefix + name, name);
			expect((await ask('get', prefix + name)).result).toBe(name);
			expect((await ask('list', prefix)).result).toMatchObject([{ key: prefix + name }]);
			const { result: url } = await ask('presignGet', prefix + name, 60);
			expect(await (await fetch(url as string)).text()).toBe(name);
			expect(await ask('removeAll', prefix)).toMatchObject({ result: 1 });
		},
	);
});

describe('a stream', () => {
	test('is stored when its length and digest are as announced', async () => {
		const key = `${folder()}ok`;
		expect((await ask('putStream', key, { text: 'hello', bytes: 5, sha256: sha256('hello') })).result).toMatchObject({
			bytes: 5,
		});
		expect((await ask('get', key)).result).toBe('hello');
	});

	test.each([
		['a wrong digest', { text: 'hello', bytes: 5, sha256: sha256('hallo') }],
		['too few bytes', { text: 'hello', bytes: 6 }],
		['too many bytes', { text: 'hello', bytes: 4 }],
	])('with %s fails and leaves nothing', async (_what, body) => {
		const key = `${folder()}bad`;
		expect((await ask('putStream', key, body)).error).toBeDefined();
		expect((await ask('get', key)).result).toBeNull();
	});
});

describe('a folder', () => {
	test('of more objects than a page lists is listed whole', async () => {
		const prefix = folder();
		await ask('fill', prefix, 1001);
		const { result, calls } = await ask('list', prefix);
		expect(result).toHaveLength(1001);
		expect(calls).toBe(2);
	}, 120_000);

	test('is removed whole, and its neighbours are not', async () => {
		const prefix = folder();
		await ask('fill', `${prefix}in/`, 45);
		await ask('put', `${prefix}in-between`, 'x');
		expect(await ask('removeAll', `${prefix}in/`)).toMatchObject({ result: 45 });
		expect((await ask('list', prefix)).result).toMatchObject([{ key: `${prefix}in-between` }]);
	});
});

describe('a multipart upload', () => {
	test('that was aborted is gone, and aborting again is harmless', async () => {
		const key = `${folder()}parts`;
		const { result: id } = await ask('createMultipart', key);
		const { result: part } = await ask('putPart', key, id, 1, { text: 'only', bytes: 4 });
		await ask('abortMultipart', key, id);
		expect((await ask('abortMultipart', key, id)).error).toBeUndefined();
		expect((await ask('completeMultipart', key, id, [part])).error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
		expect((await ask('get', key)).result).toBeNull();
	});
});

test('the daily sweep removes what nothing points at once it is a day old, and nothing else', async () => {
	const [datasetId, kept, orphan, claimed] = [newId('ds'), newId('ver'), newId('ver'), newId('up')];
	const [uploadKey, claimedKey] = [`uploads/${newId('user')}/${newId('up')}`, `uploads/${newId('user')}/${claimed}`];
	const version = (versionId: string) => `datasets/${datasetId}/versions/${versionId}/`;
	const DAY = 24 * 60 * 60;
	const store = createDynamo(dynamo)(new Cost());
	await store.put({ table: 'dataset_versions', item: { datasetId, versionId: kept } });
	// An import took it when it was nearly a day old, and has a day from then on.
	const expiresAt = Date.now() / 1000 + 2 * DAY - 60;
	await store.put({ table: 'uploads', item: { uploadId: claimed, status: 'claimed', expiresAt } });
	const files = [`${version(kept)}data/part-0000.parquet`, `${version(orphan)}data/part-0000.parquet`];
	for (const key of [...files, uploadKey, claimedKey]) await ask('put', key, 'x');

	await ask('sweep', DAY - 60);
	expect((await ask('get', uploadKey)).result).toBe('x');
	expect((await ask('list', version(orphan))).result).toHaveLength(1);

	await ask('sweep', DAY + 60);
	expect((await ask('get', uploadKey)).result).toBeNull();
	expect((await ask('get', claimedKey)).result).toBe('x');
	expect((await ask('list', version(orphan))).result).toEqual([]);
	expect((await ask('list', version(kept))).result).toHaveLength(1);

	await ask('sweep', 2 * DAY);
	expect((await ask('get', claimedKey)).result).toBeNull();
});

test('a presigned address is refused once it was changed', async () => {
	const key = `${folder()}private`;
	await ask('put', key, 'x');
	const { result: url } = await ask('presignGet', key, 60);
	expect((await fetch((url as string).replace('private', 'other'))).status).toBe(403);
	expect((await fetch((url as string).replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403);
});
