// What goes up as bytes: the parts of an upload, and the first look at a file.
import { Hono } from 'hono';
import { importOptions } from '$lib/contracts/dataset';
import { INSPECT_BYTES } from '$lib/contracts/upload';
import { createContext } from '../context';
import * as uploads from '../entities/upload/service';
import { AppError, invalid } from '../errors';
import { invalidInput, requireAccess } from '../trpc';
import type { AppEnv } from './security';

export const uploadRoutes = new Hono<AppEnv>()
	.put('/:uploadId/parts/:number', async (c) => {
		const { uploadId, number } = c.req.param();
		const ctx = await createContext(c.req.raw, c.env, new Headers());
		const actor = await requireAccess(
			ctx,
			{ action: 'upload.write', id: 'uploadId' },
			{ name: 'uploads.putPart', input: { uploadId }, writes: true },
		);
		await uploads.putPart(ctx.deps, actor, {
			uploadId,
			number: Number(number),
			bytes: declaredBytes(c.req.raw),
			stream: bodyOf(c.req.raw),
		});
		return c.body(null, 204);
	})

	.post('/inspect', async (c) => {
		const ctx = await createContext(c.req.raw, c.env, new Headers());
		const actor = await requireAccess(ctx, 'signed-in', { name: 'uploads.inspect', input: null, writes: false });
		const options = readOptions(c.req.query('options'));
		if (declaredBytes(c.req.raw) > INSPECT_BYTES) throw new AppError('TOO_LARGE');
		const head = new Uint8Array(await c.req.arrayBuffer());
		return c.json(await uploads.inspect(ctx.deps, actor, { head, options }));
	});

/** Without a length the store cannot be told how much is coming. */
function declaredBytes(request: Request): number {
	const length = request.headers.get('content-length');
	if (length === null) throw invalid({ 'content-length': 'is missing' });
	return Number(length);
}

function bodyOf(request: Request): ReadableStream<Uint8Array> {
	if (!request.body) throw invalid({ body: 'is missing' });
	return request.body as ReadableStream<Uint8Array>;
}

function readOptions(text: string | undefined) {
	if (!text) return {};
	let given: unknown;
	try {
		given = JSON.parse(text);
	} catch (cause) {
		throw new AppError('BAD_REQUEST', { cause });
	}
	const parsed = importOptions.safeParse(given);
	if (!parsed.success) throw invalidInput(parsed.error);
	return parsed.data;
}
