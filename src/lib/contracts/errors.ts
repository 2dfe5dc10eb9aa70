// The codes a caller may meet, as one closed list. The status of each is in the worker's error table.
import * as z from 'zod';

export const errorCode = z.enum([
	'VALIDATION_ERROR',
	'BAD_REQUEST',
	'UNAUTHENTICATED',
	'INVALID_CREDENTIALS',
	'FORBIDDEN',
	'WRONG_PASSWORD',
	'CSRF',
	'NOT_FOUND',
	'METHOD_NOT_ALLOWED',
	'TOO_LARGE',
	'UNSUPPORTED_MEDIA_TYPE',
	'ALREADY_EXISTS',
	'IN_USE',
	'REVISION_CONFLICT',
	'PENDING_CONFIRMATION',
	'ALREADY_RUNNING',
	'CYCLE',
	'CARD_CODE_ERROR',
	'CARD_TOO_LARGE',
	'MEMORY_LIMIT',
	'SANDBOX_VIOLATION',
	'RATE_LIMITED',
	'UPSTREAM_UNAVAILABLE',
	'BUSY',
	'CARD_TIMEOUT',
	'CHAT_NOT_CONFIGURED',
	'INTERNAL',
]);
export type ErrorCode = z.infer<typeof errorCode>;

/** What a failed call carries: a sentence for people and, where it helps, machine-readable details. */
export const errorBody = z.object({
	code: errorCode,
	message: z.string(),
	details: z.record(z.string(), z.unknown()).optional(),
	requestId: z.string().optional(),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** The same from a procedure, which travels in a batch and so has no status line of its own. */
export interface ProcedureError extends ErrorBody {
	httpStatus: number;
}
