// The one error class and the one table of what each code means. Knows no transport beyond status numbers.
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server';
import type { ErrorCode } from '$lib/contracts/errors';

interface Meaning {
	/** HTTP status. */
	status: number;
	trpc: TRPC_ERROR_CODE_KEY;
	/** What people read when the thrower has nothing better to say. */
	message: string;
}

/** Every code a caller may meet. Exhaustive by type: a new code without a meaning does not compile. */
export const meanings: Record<ErrorCode, Meaning> = {
	VALIDATION_ERROR: { status: 400, trpc: 'BAD_REQUEST', message: 'Some fields are not valid.' },
	BAD_REQUEST: { status: 400, trpc: 'BAD_REQUEST', message: 'The request could not be read.' },
	UNAUTHENTICATED: { status: 401, trpc: 'UNAUTHORIZED', message: 'Log in to continue.' },
	INVALID_CREDENTIALS: { status: 401, trpc: 'UNAUTHORIZED', message: 'The e-mail address or the password is wrong.' },
	FORBIDDEN: { status: 403, trpc: 'FORBIDDEN', message: 'You are not allowed to do this.' },
	WRONG_PASSWORD: { status: 403, trpc: 'FORBIDDEN', message: 'The current password is wrong.' },
	CSRF: { status: 403, trpc: 'FORBIDDEN', message: 'This request came from another site and was refused.' },
	NOT_FOUND: { status: 404, trpc: 'NOT_FOUND', message: 'There is nothing here, or nothing that you may see.' },
	METHOD_NOT_ALLOWED: { status: 405, trpc: 'METHOD_NOT_SUPPORTED', message: 'This address does not take that method.' },
	TOO_LARGE: { status: 413, trpc: 'PAYLOAD_TOO_LARGE', message: 'This is larger than what is accepted here.' },
	UNSUPPORTED_MEDIA_TYPE: {
		status: 415,
		trpc: 'UNSUPPORTED_MEDIA_TYPE',
		message: 'This content type is not accepted here.',
	},
	ALREADY_EXISTS: { status: 409, trpc: 'CONFLICT', message: 'This exists already.' },
	IN_USE: { status: 409, trpc: 'CONFLICT', message: 'This is in use and cannot be deleted.' },
	REVISION_CONFLICT: { status: 409, trpc: 'CONFLICT', message: 'This was changed by somebody else in the meantime.' },
	PENDING_CONFIRMATION: { status: 409, trpc: 'CONFLICT', message: 'This needs your confirmation.' },
	ALREADY_RUNNING: { status: 409, trpc: 'CONFLICT', message: 'This is running already.' },
	CYCLE: { status: 409, trpc: 'CONFLICT', message: 'This would make a cycle.' },
	CARD_CODE_ERROR: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', message: 'The code of this card failed.' },
	CARD_TOO_LARGE: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', message: 'This card returned more than it may.' },
	MEMORY_LIMIT: { status: 422, trpc: 'UNPROCESSABLE_CONTENT', message: 'This card used more memory than it may.' },
	SANDBOX_VIOLATION: {
		status: 422,
		trpc: 'UNPROCESSABLE_CONTENT',
		message: 'This card tried something that is not allowed.',
	},
	RATE_LIMITED: { status: 429, trpc: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Wait a moment and try again.' },
	UPSTREAM_UNAVAILABLE: {
		status: 502,
		trpc: 'BAD_GATEWAY',
		message: 'A service behind Cardinal does not answer. Try again in a moment.',
	},
	BUSY: { status: 503, trpc: 'SERVICE_UNAVAILABLE', message: 'Too much is running right now. Try again in a moment.' },
	CARD_TIMEOUT: { status: 504, trpc: 'GATEWAY_TIMEOUT', message: 'This card took longer than it may.' },
	CHAT_NOT_CONFIGURED: { status: 503, trpc: 'SERVICE_UNAVAILABLE', message: 'No language model is configured.' },
	INTERNAL: { status: 500, trpc: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' },
};

export interface AppErrorOptions {
	/** For logs only: may name tables, keys and hosts. */
	message?: string;
	/** For people: one sentence, no internals. */
	userMessage?: string;
	/** Machine-readable, shown to the caller. */
	details?: Record<string, unknown>;
	/** Seconds after which trying again makes sense. */
	retryAfter?: number;
	cause?: unknown;
}

/** The only error that is thrown on purpose. */
export class AppError extends Error {
	override readonly name = 'AppError';
	readonly code: ErrorCode;
	readonly userMessage: string;
	readonly details: Record<string, unknown> | undefined;
	readonly retryAfter: number | undefined;

	constructor(code: ErrorCode, options: AppErrorOptions = {}) {
		super(options.message ?? `${code}: ${options.userMessage ?? meanings[code].message}`, { cause: options.cause });
		this.code = code;
		this.userMessage = options.userMessage ?? meanings[code].message;
		this.details = options.details;
		this.retryAfter = options.retryAfter;
	}

	get status(): number {
		return meanings[this.code].status;
	}
}

/** Absent and not visible look the same to a caller; `why` is for the log. */
export function notFound(why: string): AppError {
	return new AppError('NOT_FOUND', { message: `NOT_FOUND: ${why}` });
}

/** Bad input: the reason by dotted path of the field. */
export function invalid(fields: Record<string, string>): AppError {
	return new AppError('VALIDATION_ERROR', { details: { fields } });
}

/** Refuses input with what rules have found wrong in it, by dotted path of the field. @throws AppError VALIDATION_ERROR unless that is nothing */
export function refuseProblems(fields: Record<string, string>): void {
	if (Object.keys(fields).length > 0) throw invalid(fields);
}

/** What the executor's verdicts mean to a caller (settled by the protocol; anything unknown is our own fault). */
const EXECUTOR_CODES: Record<string, ErrorCode> = {
	user_code_error: 'CARD_CODE_ERROR',
	invalid_result: 'CARD_CODE_ERROR',
	output_limit: 'CARD_TOO_LARGE',
	memory_limit: 'MEMORY_LIMIT',
	sandbox_violation: 'SANDBOX_VIOLATION',
	time_limit: 'CARD_TIMEOUT',
	busy: 'BUSY',
	data_unavailable: 'UPSTREAM_UNAVAILABLE',
	executor_lost: 'UPSTREAM_UNAVAILABLE',
	import_failed: 'VALIDATION_ERROR',
};

/** The error code of an executor's code. */
export function codeOfExecutor(code: string): ErrorCode {
	return EXECUTOR_CODES[code] ?? 'INTERNAL';
}

/** What a caller is told about any failure; what is not an `AppError` is `INTERNAL` and keeps its message to the log. */
export function asAppError(error: unknown): AppError {
	if (error instanceof AppError) return error;
	const message = error instanceof Error ? `INTERNAL: ${error.message}` : `INTERNAL: ${String(error)}`;
	return new AppError('INTERNAL', { message, cause: error });
}
