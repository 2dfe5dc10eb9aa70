// The rule of a quota: so much within a window that begins with the first use after the last one ended. Pure.
import { WINDOW_SECONDS } from '../infra/limiter/port';

export interface Window {
	/** Milliseconds. */
	endsAt: number;
	used: number;
}

export interface Spent {
	window: Window;
	allowed: boolean;
	remaining: number;
	/** Seconds until the window ends, from 1. */
	reset: number;
}

/** Uses up `amount` of `most`, all of it or nothing. @param now milliseconds */
export function spend(
	before: Window | null,
	{ most, amount, now }: { most: number; amount: number; now: number },
): Spent {
	const current = before && now < before.endsAt ? before : { endsAt: now + WINDOW_SECONDS * 1000, used: 0 };
	const allowed = current.used + amount <= most;
	const window = allowed ? { ...current, used: current.used + amount } : current;
	return {
		window,
		allowed,
		remaining: Math.max(0, most - window.used),
		reset: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
	};
}
