// What became of one card: its body, or why there is none. Plain data, so that it travels between objects.
import type { CardKind, Envelope } from '$lib/contracts/render';
import type { ErrorCode } from '$lib/contracts/errors';
import { asAppError, AppError, meanings } from '../errors';
import { ExecutorProblem } from '../infra/executor/port';
import type { MeteredSystem } from '../cost';

/** A failure with everything its card's owner may read. */
export interface CardFailure {
	code: ErrorCode;
	message: string;
	line: number | null;
	traceback: string | null;
	/** Seconds after which trying again makes sense. */
	retryAfter: number | null;
}

export type Outcome =
	| { status: 'ok'; envelope: Envelope; /** It was there before anybody asked now. */ cached: boolean }
	| { status: 'failed'; failure: CardFailure }
	/** The card was changed since its key was made. */
	| { status: 'stale' };

/** Calls that an outcome cost, told to the one who caused them; those who waited with them paid nothing. */
export type Spent = Partial<Record<MeteredSystem, number>>;
export type SpentOutcome = Outcome & { spent: Spent };
export type { CardKind, Envelope };

/** Any error as a card's failure. */
export function failureOf(error: unknown): CardFailure {
	const appError = asAppError(error);
	const verdict = appError.cause instanceof ExecutorProblem ? appError.cause.failure : null;
	return {
		code: appError.code,
		message: appError.userMessage,
		line: verdict?.line ?? null,
		traceback: verdict?.traceback ?? null,
		retryAfter: appError.retryAfter ?? (appError.code === 'BUSY' ? 2 : null),
	};
}

/** What a viewer may know of a failure: that it failed, and never what code and data said. */
export function forViewers(failure: CardFailure): CardFailure {
	return { ...failure, message: meanings[failure.code].message, line: null, traceback: null };
}

/** The failure as the error of a call about this card alone. @param cause for the log, where it is a failure of ours */
export function asError({ code, message, line, traceback, retryAfter }: CardFailure, cause?: unknown): AppError {
	return new AppError(code, {
		// What a card's code said may hold its rows, which no log keeps.
		message: `${code}: a card failed`,
		cause,
		userMessage: message,
		...(code === 'CARD_CODE_ERROR' && { details: { message, line, traceback } }),
		...(retryAfter !== null && { retryAfter }),
	});
}
