// Uploads: equal parts through the Worker into the bucket, and everything that is refused before it is stored.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { AwsClient } from 'aws4fetch';
import { PART_BYTES } from '$lib/contracts/upload';
import type { Actor } from '../../src/worker/access/access';
import { Cost } from '../../src/worker/cost';
import * as repository from '../../src/worker/entities/upload/repository';
import { abort } from '../../src/worker/entities/upload/service';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { startApiWorker, type ApiWorker } from './api-worker';
import { storedKeys, upload } from './files';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let eve: Person;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	const boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
});
afterAll(() => worker.stop());

function sendPart(uploadId: string, number: number, body: Uint8Array<ArrayBuffer>, token = ada.token) {
	return fetch(`${worker.url}/upload/${uploadId}/parts/${number}`, {
		method: 'PUT',
		headers: { authorization: `Bearer ${token}` },
		body,
	});
}

/** Keys in the bucket that a person's uploads have. */
const keysOf = (userId: string) => storedKeys(services, `uploads/${userId}/`);

const bytes = (length: number) => new Uint8Array(length).map((_, index) => 97 + (index % 26));

describe('an upload', () => {
	test('of three parts, sent in any order and one of them twice, is put together byte for byte', async () => {
		const client = worker.client(ada.token);
		const content = bytes(2 * PART_BYTES + 5);
		const upload = await client.uploads.create.mutate({ fileName: 'sales.csv', size: content.length });
		expect(upload).toMatchObject({ partCount: 3, partBytes: PART_BYTES, partsDone: [], status: 'open' });

		const part = (number: number) => content.slice((number - 1) * PART_BYTES, number * PART_BYTES);
		for (const number of [3, 1, 2, 1]) expect((await sendPart(upload.uploadId, number, part(number))).status).toBe(204);
		expect((await client.uploads.get.query({ uploadId: upload.uploadId })).partsDone).toEqual([1, 2, 3]);

		const done = await client.uploads.complete.mutate({ uploadId: upload.uploadId });
		expect(done.status).toBe('complete');
		await client.uploads.complete.mutate({ uploadId: upload.uploadId });

		const [key] = await keysOf(ada.userId);
		const stored = await new AwsClient({ ...services.s3, service: 's3' }).fetch(
			`${services.s3.endpoint}/${services.s3.bucket}/${key}`,
		);
		expect(Buffer.compare(Buffer.from(await stored.arrayBuffer()), Buffer.from(content))).toBe(0);
		await client.uploads.abort.mutate({ uploadId: upload.uploadId });
		expect(await keysOf(ada.userId)).toEqual([]);
	});

	test('of 101 MB or of nothing is refused before anything is stored', async () => {
		const client = worker.client(ada.token);
		await expect(client.uploads.create.mutate({ fileName: 'big.csv', size: 101_000_000 })).rejects.toMatchObject({
			code: 'TOO_LARGE',
			details: { importCode: 'too_large', limit: 100_000_000 },
		});
		await expect(client.uploads.create.mutate({ fileName: 'empty.csv', size: 0 })).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { importCode: 'empty_file' },
		});
		expect(await keysOf(ada.userId)).toEqual([]);
	});

	test('takes no part of another length, and none that it does not have', async () => {
		const { uploadId } = await worker.client(ada.token).uploads.create.mutate({ fileName: 'a.csv', size: 10 });
		for (const [number, length] of [
			[1, 9],
			[1, 11],
			[2, 10],
			[0, 10],
			[1.5, 10],
		] as const) {
			expect((await sendPart(uploadId, number, bytes(length))).status).toBe(400);
		}
		await expect(worker.client(ada.token).uploads.complete.mutate({ uploadId })).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
		});
	});

	test('is nobody else’s', async () => {
		const { uploadId } = await worker.client(ada.token).uploads.create.mutate({ fileName: 'a.csv', size: 10 });
		expect((await sendPart(uploadId, 1, bytes(10), eve.token)).status).toBe(404);
		await expect(worker.client(eve.token).uploads.get.query({ uploadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(worker.client(eve.token).uploads.complete.mutate({ uploadId })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
		expect((await fetch(`${worker.url}/upload/${uploadId}/parts/1`, { method: 'PUT', body: bytes(10) })).status).toBe(
			401,
		);
	});

	test('that an import took a moment before is not dropped under it', async () => {
		const uploadId = await upload(worker, ada, 'a\n1\n');
		const dynamo = createDynamo(services.dynamo)(new Cost());
		const seen = repository.parse((await dynamo.get(repository.keyOf(uploadId)))!);
		await dynamo.transact([repository.claim(uploadId, Date.now() / 1000 + 60)]);
		const removed: string[] = [];
		const objects = { remove: async (key: string) => removed.push(key) };
		const access = { require: async () => ({ item: seen }), wrote: async () => undefined };
		const deps = { access, dynamo, objects } as unknown as Parameters<typeof abort>[0];
		await expect(abort(deps, {} as Actor, { uploadId })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
		expect(removed).toEqual([]);
	});

	test('that was aborted takes nothing more', async () => {
		const client = worker.client(ada.token);
		const { uploadId } = await client.uploads.create.mutate({ fileName: 'a.csv', size: 10 });
		await client.uploads.abort.mutate({ uploadId });
		expect((await sendPart(uploadId, 1, bytes(10))).status).toBe(404);
		await expect(client.uploads.abort.mutate({ uploadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});
});
