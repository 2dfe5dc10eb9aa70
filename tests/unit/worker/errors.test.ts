import { describe, expect, test } from 'vitest';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPCError } from '@trpc/server';
import { AppError, asAppError, codeOfExecutor, meanings } from '../../../src/worker/errors';
import type { ErrorCode } from '$lib/contracts/errors';

describe('every code', () => {
	test('has the same status over tRPC as everywhere else', () => {
		for (const { status, trpc } of Object.values(meanings)) {
			expect(getHTTPStatusCodeFromError(new TRPCError({ code: trpc }))).toBe(status);
		}
	});

	test('has a sentence for people that names nothing of ours', () => {
		for (const { message } of Object.values(meanings)) {
			expect(message).toMatch(/^[A-Z].*\.$/);
			expect(message).not.toMatch(/dynamo|s3|table|bucket|bi_/i);
		}
	});
});

test.each<[string, ErrorCode, number]>([
	['user_code_error', 'CARD_CODE_ERROR', 422],
	['invalid_result', 'CARD_CODE_ERROR', 422],
	['output_limit', 'CARD_TOO_LARGE', 422],
	['memory_limit', 'MEMORY_LIMIT', 422],
	['sandbox_violation', 'SANDBOX_VIOLATION', 422],
	['time_limit', 'CARD_TIMEOUT', 504],
	['busy', 'BUSY', 503],
	['data_unavailable', 'UPSTREAM_UNAVAILABLE', 502],
	['executor_lost', 'UPSTREAM_UNAVAILABLE', 502],
	['unauthorized', 'INTERNAL', 500],
	['bad_request', 'INTERNAL', 500],
	['what nobody knows', 'INTERNAL', 500],
])('the executor’s %s is %s to a caller', (executor, code, status) => {
	expect(codeOfExecutor(executor)).toBe(code);
	expect(meanings[code].status).toBe(status);
});

test('what is not one of ours is INTERNAL, its message for the log alone', () => {
	const error = asAppError(new TypeError('x is undefined'));
	expect(error).toBeInstanceOf(AppError);
	expect(error).toMatchObject({
		code: 'INTERNAL',
		userMessage: meanings.INTERNAL.message,
		message: expect.stringContaining('x is undefined'),
	});
});
