// Files for tests: sent through the API as a browser sends them, and what the bucket holds of them.
import { AwsClient } from 'aws4fetch';
import type { ImportOptions } from '$lib/contracts/dataset';
import type { Addresses } from '../harness/stack';
import type { ApiWorker } from './api-worker';
import type { Person } from './people';

/** Uploads a whole file and returns its upload's id. */
export async function upload(
	worker: ApiWorker,
	by: Person,
	content: string | Uint8Array<ArrayBuffer>,
	fileName = 'file.csv',
): Promise<string> {
	const client = worker.client(by.token);
	const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
	const { uploadId, partBytes, partCount, partUrl } = await client.uploads.create.mutate({
		fileName,
		size: bytes.length,
	});
	for (let part = 1; part <= partCount; part += 1) {
		const answer = await fetch(worker.url + partUrl.replace('{part}', String(part)), {
			method: 'PUT',
			headers: { authorization: `Bearer ${by.token}` },
			body: bytes.slice((part - 1) * partBytes, part * partBytes),
		});
		if (answer.status !== 204) throw new Error(`part ${part}: ${answer.status} ${await answer.text()}`);
	}
	await client.uploads.complete.mutate({ uploadId });
	return uploadId;
}

/** Uploads and imports. */
export async function importFile(
	worker: ApiWorker,
	by: Person,
	content: string | Uint8Array<ArrayBuffer>,
	{ name = 'Sales', options = {} }: { name?: string; options?: ImportOptions } = {},
) {
	return worker.client(by.token).datasets.import.mutate({ uploadId: await upload(worker, by, content), name, options });
}

/** Keys of all objects under a prefix. */
export async function storedKeys({ s3 }: Addresses, prefix: string): Promise<string[]> {
	const client = new AwsClient({ ...s3, service: 's3' });
	const answer = await client.fetch(`${s3.endpoint}/${s3.bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`);
	return [...(await answer.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map((match) => match[1]!);
}

/** Waits until `check` returns something, up to half a minute unless told otherwise. */
export async function eventually<T>(check: () => Promise<T | null | false>, what: string, seconds = 30): Promise<T> {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const result = await check();
		if (result) return result;
		if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
