// What became of one card: its body, or why there is none. Plain data, so that it travels between objects.
import type { CardKind, Envelope } from '$lib/contracts/render';
import type { ErrorCode } from '$lib/contracts/errors';
import { asAppError, AppError, meanings, type AppErrorOptions } from '../errors';
import { ExecutorProblem } from '../infra/executor/port';
import type { ExecutorFailure } from '../infra/executor/protocol';
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
	const verdict = verdictOf(appError);
	return {
		code: appError.code,
		message: appError.userMessage,
		line: verdict?.line ?? null,
		traceback: verdict?.traceback ?? null,
		retryAfter: appError.retryAfter ?? (appError.code === 'BUSY' ? 2 : null),
	};
}

function verdictOf({ cause }: AppError): ExecutorFailure | null {
	return cause instanceof ExecutorProblem ? cause.failure : null;
}

/** What a viewer may know of a failure: that it failed, and never what code and data said. */
export function forViewers(failure: CardFailure): CardFailure {
	return { ...failure, message: meanings[failure.code].message, line: null, traceback: null };
}

/** The failure as the error of a call about this card alone. */
export function asError(failure: CardFailure, options: Pick<AppErrorOptions, 'cause' | 'details'> = {}): AppError {
	const { code, message, line, traceback, retryAfter } = failure;
	return new AppError(code, {
		// What a card's code said may hold its rows, which no log keeps.
		message: `${code}: a card failed`,
		userMessage: message,
		...(code === 'CARD_CODE_ERROR' && { details: { message, line, traceback } }),
		...(retryAfter !== null && { retryAfter }),
		...options,
	});
}

/** What a preview threw, for whoever writes its code: of any verdict also the line, and what was printed before it. */
export function asPreviewError(caught: unknown): AppError {
	const failure = failureOf(caught);
	const verdict = verdictOf(asAppError(caught));
	const { message, line, traceback } = failure;
	const details = verdict && { message, line, traceback, stdout: verdict.stdout ?? '' };
	return asError(failure, { cause: caught, ...(details && { details }) });
}
