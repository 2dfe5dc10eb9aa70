// Code that people write, for cards and transforms alike: how long it may be, what it is given as params, what becomes of a run.
import * as z from 'zod';
import { json } from './common';
import type { ErrorCode } from './errors';

/** Bytes of code in UTF-8. */
export const MAX_CODE_BYTES = 256 * 1024;
/** Bytes of UTF-8 JSON that params may take. */
const MAX_PARAMS_BYTES = 64 * 1024;

export const code = z.string().refine((text) => bytesOf(text) <= MAX_CODE_BYTES, 'at most 256 KB');

/** What code is given as `params`: the object as it is, or, where code declares `PARAMS`, the values that replace its defaults. */
export const params = z
	.record(z.string(), json)
	.refine((values) => bytesOf(JSON.stringify(values)) <= MAX_PARAMS_BYTES, 'at most 64 KB');

/** Milliseconds of each part of a run, as far as it had that part. */
export const timings = z.object({
	queueMs: z.number().optional(),
	fetchMs: z.number().optional(),
	loadMs: z.number().optional(),
	runMs: z.number().optional(),
	cpuMs: z.number().optional(),
	totalMs: z.number(),
});

/** What a run may fail with, beyond what access and input are refused with. */
export const RUN_ERRORS = [
	'CARD_CODE_ERROR',
	'CARD_TOO_LARGE',
	'MEMORY_LIMIT',
	'SANDBOX_VIOLATION',
	'CARD_TIMEOUT',
	'BUSY',
	'UPSTREAM_UNAVAILABLE',
] satisfies ErrorCode[];

function bytesOf(text: string): number {
	return new TextEncoder().encode(text).length;
}
