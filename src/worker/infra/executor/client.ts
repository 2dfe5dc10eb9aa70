// The port over HTTP: a token for each call, a deadline for each kind, verdicts as errors.
import { SignJWT } from 'jose';
import type { Cost } from '../../cost';
import { AppError } from '../../errors';
import { newId } from '../../ids';
import { readFrames } from './frames';
import { asAppError, type Executor } from './port';
import {
	executorFailure,
	health,
	importFrame,
	inspectResult,
	renderResult,
	transformFrame,
	transformPreviewResult,
	wireOptions,
} from './protocol';
import type * as z from 'zod';

export interface ExecutorSettings {
	/** How requests get there: the network, or a container's binding. Their URL begins with `url`. */
	fetch: (request: Request) => Promise<Response>;
	url: string;
	secret: string;
}

/** Seconds a token holds; the executor refuses more than 60. */
const TOKEN_SECONDS = 45;
/** Milliseconds until an answer must have begun: the card's own limit, its place in the queue, and reading its data. */
const RENDER_MS = 20_000;
const INSPECT_MS = 20_000;
const HEALTH_MS = 5_000;

/** Made once an isolate; the function it returns counts on a request's meter. */
export function createExecutor(settings: ExecutorSettings): (cost: Cost) => Executor {
	const key = new TextEncoder().encode(settings.secret);
	return (cost) => executor(settings, { key, cost });
}

function executor({ fetch, url }: ExecutorSettings, { key, cost }: { key: Uint8Array; cost: Cost }): Executor {
	async function post(path: string, executionId: string, body: BodyInit, signal: AbortSignal): Promise<Response> {
		cost.count('exec');
		const token = await new SignJWT()
			.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
			.setAudience('executor')
			.setJti(executionId)
			.setIssuedAt()
			.setExpirationTime(`${TOKEN_SECONDS}s`)
			.sign(key);
		const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
		const response = await reach(new Request(`${url}${path}`, { method: 'POST', headers, body, signal }));
		if (!response.ok) throw await refusal(response);
		return response;
	}

	async function reach(request: Request): Promise<Response> {
		try {
			return await fetch(request);
		} catch (cause) {
			throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'the executor does not answer', cause });
		}
	}

	return {
		async health() {
			const response = await reach(new Request(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_MS) }));
			return answer(response, health);
		},

		async render(call) {
			const executionId = newId('exec');
			const body = JSON.stringify({ executionId, entry: 'render', ...call });
			return answer(await post('/v1/render', executionId, body, AbortSignal.timeout(RENDER_MS)), renderResult);
		},

		async inspect(head, { whole, options }) {
			const executionId = newId('exec');
			const line = `${JSON.stringify({ executionId, options: wireOptions(options), whole, bytes: head.length })}\n`;
			const response = await post('/v1/inspect', executionId, new Blob([line, head]), AbortSignal.timeout(INSPECT_MS));
			return answer(response, inspectResult);
		},

		async *import(call, signal) {
			const executionId = newId('exec');
			const body = JSON.stringify({ executionId, ...call, options: wireOptions(call.options) });
			yield* readFrames(bodyOf(await post('/v1/import', executionId, body, signal)), importFrame);
		},

		async *transform(call, signal) {
			const executionId = newId('exec');
			const body = JSON.stringify({ executionId, entry: 'transform', ...call });
			yield* readFrames(bodyOf(await post('/v1/transform', executionId, body, signal)), transformFrame);
		},

		async previewTransform(call, rows) {
			const executionId = newId('exec');
			const body = JSON.stringify({ executionId, entry: 'transform', ...call, ...rows });
			const response = await post('/v1/transform/preview', executionId, body, AbortSignal.timeout(RENDER_MS));
			return answer(response, transformPreviewResult);
		},
	};
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
	if (!body) throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'executor stream: no body' });
	return body as ReadableStream<Uint8Array>;
}

async function answer<T extends z.ZodType>(response: Response, schema: T): Promise<z.output<T>> {
	const parsed = schema.safeParse(await readJson(response));
	if (parsed.success) return parsed.data;
	throw new AppError('INTERNAL', {
		message: 'the executor answered something else than the protocol says',
		cause: parsed.error,
	});
}

async function refusal(response: Response): Promise<AppError> {
	const parsed = executorFailure.safeParse(await readJson(response));
	if (!parsed.success)
		return new AppError('UPSTREAM_UNAVAILABLE', { message: `the executor answered ${response.status}` });
	const retryAfter = Number(response.headers.get('retry-after'));
	return asAppError(parsed.data, retryAfter > 0 ? retryAfter : undefined);
}

async function readJson(response: Response): Promise<unknown> {
	try {
		return await response.json();
	} catch (cause) {
		throw new AppError('UPSTREAM_UNAVAILABLE', {
			message: `the executor answered ${response.status} without JSON`,
			cause,
		});
	}
}
