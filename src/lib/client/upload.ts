// The browser's part uploader: a file goes to storage in equal parts, with real progress, retries and cancel.
// Knows uploads only; what becomes of the file is not its business.
import { INSPECT_BYTES, type Inspection, type Upload } from '$lib/contracts/upload';
import type { ImportOptions } from '$lib/contracts/dataset';
import { ApiError, type Client } from './index';

/** Parts under way at once: enough to fill a line, few enough that a cancelled upload stops quickly. */
const IN_FLIGHT = 3;
/** Milliseconds to wait before each further try of a part. */
const RETRY_AFTER_MS = [500, 2000, 5000];

export interface UploadProgress {
	/** Bytes that have left the browser, retried ones counted once. */
	sent: number;
	/** Bytes of the whole file. */
	total: number;
}

export interface UploadOptions {
	client: Pick<Client, 'uploads'>;
	/** The server takes the file; nothing of it has left yet. */
	onaccepted?: () => void;
	onprogress?: (progress: UploadProgress) => void;
	/** Cancels: parts under way stop, and what was stored is dropped. */
	signal?: AbortSignal;
}

/**
 * Sends `file` whole and completes its upload.
 * The server is asked before the first byte leaves, so a file over its limit is refused at once.
 * @throws ApiError the server's refusal, or `UPSTREAM_UNAVAILABLE` once a part has failed for good; DOMException `AbortError` on cancel
 */
export async function uploadFile(file: File, options: UploadOptions): Promise<Upload> {
	const { client, onaccepted, onprogress, signal } = options;
	signal?.throwIfAborted();
	const upload = await client.uploads.create.mutate({ fileName: file.name, size: file.size });
	onaccepted?.();
	const sent = new Map<number, number>();
	const report = (part: number, bytes: number) => {
		sent.set(part, bytes);
		onprogress?.({ sent: sum(sent.values()), total: file.size });
	};
	try {
		await sendParts({ file, upload, report, signal });
		signal?.throwIfAborted();
		return await client.uploads.complete.mutate({ uploadId: upload.uploadId });
	} catch (error) {
		// What is not dropped here expires by itself; the caller needs the first failure, not this one.
		await client.uploads.abort.mutate({ uploadId: upload.uploadId }).catch(() => undefined);
		throw error;
	}
}

/**
 * The first look at a file: its first MiB goes to the server and what was detected comes back.
 * @throws ApiError `VALIDATION_ERROR` with `details.importCode` when it cannot be a table
 */
export async function inspectFile(file: File, options: ImportOptions, signal?: AbortSignal): Promise<Inspection> {
	const query = new URLSearchParams({ options: JSON.stringify(options) });
	const response = await fetch(`/upload/inspect?${query}`, {
		method: 'POST',
		headers: { 'content-type': 'application/octet-stream' },
		body: file.slice(0, INSPECT_BYTES),
		signal: signal ?? null,
	}).catch((error: unknown) => {
		throw signal?.aborted ? signal.reason : unreachable(error);
	});
	const body = await response.text();
	if (!response.ok) throw refusal(response.status, body);
	return JSON.parse(body) as Inspection;
}

interface Sending {
	file: File;
	upload: Upload;
	report: (part: number, bytes: number) => void;
	signal: AbortSignal | undefined;
}

/** Sends all parts, a few at a time; the first that fails for good stops the others. */
async function sendParts({ file, upload, report, signal }: Sending): Promise<void> {
	const failure = new AbortController();
	const stop = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
	let next = 1;
	const worker = async (): Promise<void> => {
		while (next <= upload.partCount) {
			const part = next++;
			const start = (part - 1) * upload.partBytes;
			await sendPart({
				url: upload.partUrl.replace('{part}', String(part)),
				body: file.slice(start, start + upload.partBytes),
				onbytes: (bytes) => report(part, bytes),
				signal: stop,
			});
		}
	};
	const workers = Array.from({ length: Math.min(IN_FLIGHT, upload.partCount) }, () =>
		worker().catch((error: unknown) => {
			failure.abort(error);
			throw error;
		}),
	);
	await Promise.all(workers);
}

interface Part {
	url: string;
	body: Blob;
	/** Bytes of this part that have left so far. */
	onbytes: (bytes: number) => void;
	signal: AbortSignal;
}

/** One part, tried again after a lost connection or a fault of the server; a refusal is final. */
async function sendPart(part: Part): Promise<void> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await put(part);
		} catch (error) {
			part.signal.throwIfAborted();
			const wait = RETRY_AFTER_MS[attempt];
			const final = error instanceof ApiError && !['UPSTREAM_UNAVAILABLE', 'BUSY', 'INTERNAL'].includes(error.code);
			if (final || wait === undefined) throw error;
			part.onbytes(0);
			await pause(wait, part.signal);
		}
	}
}

/** XMLHttpRequest, because `fetch` cannot tell how much of a body has left. */
function put({ url, body, onbytes, signal }: Part): Promise<void> {
	return new Promise((resolve, reject) => {
		signal.throwIfAborted();
		const request = new XMLHttpRequest();
		const cancel = () => request.abort();
		request.open('PUT', url);
		request.setRequestHeader('content-type', 'application/octet-stream');
		request.upload.onprogress = (event) => onbytes(Math.min(event.loaded, body.size));
		request.onload = () => {
			if (request.status >= 300) return reject(refusal(request.status, request.responseText));
			onbytes(body.size);
			resolve();
		};
		request.onerror = () => reject(unreachable());
		request.onabort = () => reject(signal.reason);
		request.onloadend = () => signal.removeEventListener('abort', cancel);
		signal.addEventListener('abort', cancel);
		request.send(body);
	});
}

/** The server's answer as an error; a host between us may answer with something that is not ours. */
function refusal(status: number, body: string): ApiError {
	try {
		const { error } = JSON.parse(body) as { error: ConstructorParameters<typeof ApiError>[0] };
		return new ApiError(error);
	} catch (cause) {
		const code = status === 413 ? 'TOO_LARGE' : 'UPSTREAM_UNAVAILABLE';
		return new ApiError({ code, message: `HTTP ${status}` }, { cause });
	}
}

function unreachable(cause?: unknown): ApiError {
	return new ApiError({ code: 'UPSTREAM_UNAVAILABLE', message: 'The server could not be reached.' }, { cause });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true });
	});
}

function sum(numbers: Iterable<number>): number {
	let total = 0;
	for (const number of numbers) total += number;
	return total;
}
