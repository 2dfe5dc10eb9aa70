// The port over S3's HTTP interface, signed per request: AWS in the cloud, R2's S3 endpoint locally.
import { AwsClient } from 'aws4fetch';
import type { Cost } from '../../cost';
import { AppError } from '../../errors';
import { checkedBody } from './fixed-body';
import type { Body, ObjectEntry, ObjectHead, ObjectStore, Part } from './port';
import * as xml from './xml';

export interface S3Settings {
	/** Where buckets are, without a trailing slash; may have a path. */
	endpoint: string;
	bucket: string;
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
}

const MAX_TRIES = 3;
/** Milliseconds for a small answer, and for one that moves a body. */
const SHORT_MS = 8_000;
const LONG_MS = 120_000;
const REMOVE_AT_ONCE = 20;

interface Call {
	method: 'GET' | 'PUT' | 'HEAD' | 'POST' | 'DELETE';
	key?: string;
	query?: Record<string, string>;
	headers?: Record<string, string>;
	body?: BodyInit;
	/** A stream is consumed by the first try, so there is no second. */
	once?: boolean;
}

/** Made once an isolate; the function it returns counts on a request's meter. */
export function createObjectStore(settings: S3Settings): (cost: Cost) => ObjectStore {
	const { accessKeyId, secretAccessKey, region } = settings;
	const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
	return (cost) => new S3(client, settings, cost);
}

class S3 implements ObjectStore {
	readonly #client: AwsClient;
	readonly #root: string;
	readonly #cost: Cost;

	constructor(client: AwsClient, { endpoint, bucket }: S3Settings, cost: Cost) {
		this.#client = client;
		this.#root = `${endpoint}/${bucket}`;
		this.#cost = cost;
	}

	async put(
		key: string,
		content: string | Uint8Array<ArrayBuffer>,
		contentType = 'application/octet-stream',
	): Promise<ObjectHead> {
		const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
		const response = await this.#expect({ method: 'PUT', key, body, headers: { 'content-type': contentType } });
		return { bytes: body.length, etag: etagOf(response) };
	}

	async putStream(key: string, body: Body): Promise<ObjectHead> {
		const response = await this.#send(key, {}, body).catch(async (error: unknown) => {
			// A wrong digest is known only after the object was stored.
			await this.remove(key);
			throw error;
		});
		return { bytes: body.bytes, etag: etagOf(response) };
	}

	async get(key: string): Promise<Uint8Array<ArrayBuffer> | null> {
		const response = await this.#call({ method: 'GET', key });
		if (response.status === 404) return null;
		return new Uint8Array(await (await accepted(response, 'GET', key)).arrayBuffer());
	}

	async range(key: string, start: number, end: number): Promise<ArrayBuffer> {
		const response = await this.#expect({ method: 'GET', key, headers: { range: `bytes=${start}-${end - 1}` } });
		const buffer = await response.arrayBuffer();
		if (buffer.byteLength !== end - start) {
			throw new AppError('UPSTREAM_UNAVAILABLE', {
				message: `${key}: ${buffer.byteLength} bytes came for [${start}, ${end})`,
			});
		}
		return buffer;
	}

	async head(key: string): Promise<ObjectHead | null> {
		const response = await this.#call({ method: 'HEAD', key });
		if (response.status === 404) return null;
		await accepted(response, 'HEAD', key);
		return { bytes: Number(response.headers.get('content-length')), etag: etagOf(response) };
	}

	async remove(key: string): Promise<void> {
		await this.#expect({ method: 'DELETE', key });
	}

	async removeAll(prefix: string): Promise<number> {
		let removed = 0;
		let group: Promise<void>[] = [];
		for await (const { key } of this.list(prefix)) {
			group.push(this.remove(key));
			removed += 1;
			if (group.length === REMOVE_AT_ONCE) {
				await Promise.all(group);
				group = [];
			}
		}
		await Promise.all(group);
		return removed;
	}

	async *list(prefix: string): AsyncIterable<ObjectEntry> {
		let token: string | null = null;
		do {
			const query: Record<string, string> = { 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) };
			const page = await (await this.#expect({ method: 'GET', query })).text();
			for (const entry of xml.elements(page, 'Contents')) {
				yield {
					key: xml.text(entry, 'Key')!,
					bytes: Number(xml.text(entry, 'Size')),
					modifiedAt: Date.parse(xml.text(entry, 'LastModified')!) / 1000,
				};
			}
			token = xml.text(page, 'NextContinuationToken');
		} while (token);
	}

	async createMultipart(key: string): Promise<string> {
		const response = await this.#expect({ method: 'POST', key, query: { uploads: '' } });
		return xml.text(await response.text(), 'UploadId')!;
	}

	async putPart(key: string, multipartId: string, number: number, body: Body): Promise<Part> {
		const response = await this.#send(key, { partNumber: String(number), uploadId: multipartId }, body);
		return { number, etag: etagOf(response) };
	}

	async completeMultipart(key: string, multipartId: string, parts: readonly Part[]): Promise<void> {
		const list = [...parts]
			.sort((left, right) => left.number - right.number)
			.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${xml.escape(etag)}</ETag></Part>`);
		const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
		const response = await this.#expect({ method: 'POST', key, query: { uploadId: multipartId }, body });
		// S3 begins its answer before it is done, so an error may come inside a 200.
		const answer = await response.text();
		if (answer.includes('<Error>')) {
			throw new AppError('UPSTREAM_UNAVAILABLE', { message: `complete ${key}: ${xml.text(answer, 'Code')}` });
		}
	}

	async abortMultipart(key: string, multipartId: string): Promise<void> {
		const response = await this.#call({ method: 'DELETE', key, query: { uploadId: multipartId } });
		if (response.status !== 404) await accepted(response, 'abort', key);
	}

	async presignGet(key: string, seconds: number): Promise<string> {
		const url = this.#url(key, { 'X-Amz-Expires': String(seconds) });
		return (await this.#client.sign(url, { method: 'GET', aws: { signQuery: true } })).url;
	}

	/** Streams a body out and waits for both: the answer and the verdict on length and digest. */
	async #send(key: string, query: Record<string, string>, body: Body): Promise<Response> {
		const { readable, checked } = checkedBody(body);
		const call = this.#expect({
			method: 'PUT',
			key,
			query,
			headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
			body: readable,
			once: true,
		});
		// Both to their ends: what follows a wrong digest must not overtake the storing of it.
		const [answer, verdict] = await Promise.allSettled([call, checked]);
		if (verdict.status === 'rejected') throw verdict.reason;
		if (answer.status === 'rejected') throw answer.reason;
		return answer.value;
	}

	async #expect(call: Call): Promise<Response> {
		return accepted(await this.#call(call), call.method, call.key ?? '');
	}

	/** The answer, whatever its status below 500; worse ones and lost connections are tried again where that is possible. */
	async #call({ method, key, query, headers, body, once }: Call): Promise<Response> {
		const url = this.#url(key, query);
		for (let tries = 1; ; tries += 1) {
			this.#cost.count('s3');
			try {
				const request = await this.#client.sign(url, {
					method,
					...(headers && { headers }),
					...(body !== undefined && { body }),
				});
				const response = await fetch(request, { signal: AbortSignal.timeout(body === undefined ? SHORT_MS : LONG_MS) });
				if (response.status < 500) return response;
				if (once || tries === MAX_TRIES) return response;
				await response.body?.cancel();
			} catch (error) {
				if (once || tries === MAX_TRIES) throw unavailable(method, key, error);
			}
			await new Promise((resolve) => setTimeout(resolve, 50 * 4 ** (tries - 1) * (0.5 + Math.random())));
		}
	}

	#url(key = '', query: Record<string, string> = {}): string {
		const url = new URL(`${this.#root}${key && `/${encodeKey(key)}`}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return url.href;
	}
}

async function accepted(response: Response, method: string, key: string): Promise<Response> {
	if (response.ok) return response;
	const body = await response.text();
	throw new AppError('UPSTREAM_UNAVAILABLE', {
		message: `S3 ${method} ${key}: ${response.status} ${xml.text(body, 'Code') ?? ''}`,
	});
}

function unavailable(method: string, key: string | undefined, cause: unknown): AppError {
	return cause instanceof AppError
		? cause
		: new AppError('UPSTREAM_UNAVAILABLE', { message: `S3 ${method} ${key ?? ''}`, cause });
}

function etagOf(response: Response): string {
	return response.headers.get('etag') ?? '';
}

/** Every character but the unreserved ones and `/` is percent-encoded, as the signature expects. */
function encodeKey(key: string): string {
	return key
		.split('/')
		.map((part) =>
			encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
		)
		.join('/');
}
