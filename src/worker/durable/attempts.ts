// The rule of the limiter: how many failures within how long, and when the next attempt may be made. Pure.
import { WINDOW_SECONDS } from '../infra/limiter/port';

/** Milliseconds for which a failure counts. */
export const WINDOW_MS = WINDOW_SECONDS * 1000;
/** Milliseconds after which an attempt that was never reported counts no more. */
export const ATTEMPT_MS = 10_000;

export interface Attempts {
	/** When each failure happened, oldest first, in milliseconds. */
	failures: number[];
	/** When each attempt under way began, oldest first. */
	pending: number[];
}

/** Drops what is too old to count. */
export function current({ failures, pending }: Attempts, now: number): Attempts {
	return {
		failures: failures.filter((at) => now - at < WINDOW_MS),
		pending: pending.filter((at) => now - at < ATTEMPT_MS),
	};
}

export type Decision =
	| { go: true }
	/** Full of failures: the oldest leaves after so many seconds. */
	| { go: false; retryAfter: number }
	/** It depends on how those under way end. */
	| { go: false; wait: true };

/** @param most failures within the window after which attempts are refused */
export function decide(attempts: Attempts, now: number, most: number): Decision {
	const { failures, pending } = current(attempts, now);
	if (failures.length >= most) {
		const leaves = failures[failures.length - most]! + WINDOW_MS;
		return { go: false, retryAfter: Math.max(1, Math.ceil((leaves - now) / 1000)) };
	}
	return failures.length + pending.length < most ? { go: true } : { go: false, wait: true };
}

/** Seconds until the oldest failure counts no more; a whole window when there is none. */
export function leaves({ failures }: Attempts, now: number): number {
	const left = failures.length > 0 ? failures[0]! + WINDOW_MS - now : WINDOW_MS;
	return Math.max(1, Math.ceil(left / 1000));
}
