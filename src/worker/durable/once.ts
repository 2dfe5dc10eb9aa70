// The rule of one execution a key: whoever asks while it is made waits for it, what was made is answered from memory, and a
// failure is remembered for seconds, so that a broken card is not run again by everybody who looks at it. Knows no platform.
import type { Outcome, SpentOutcome } from '../render/outcome';

/** Milliseconds a failure is answered from memory. A full executor frees up sooner than broken code mends. */
const FAILED_MS = 5_000;
const BUSY_MS = 1_000;
/** Failures that no code has a part in. */
const PASSING = ['BUSY', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE'];

export interface OnceParts {
	/** Makes it. Never throws. */
	make: () => Promise<SpentOutcome>;
	/** Milliseconds. */
	now: () => number;
}

export class Once {
	#running: Promise<SpentOutcome> | null = null;
	#failed: { outcome: Outcome; until: number } | null = null;

	/**
	 * Makes it, or waits for who is making it already. Only the first of those has spent something.
	 * `fresh`: a remembered failure does not count.
	 */
	async run({ make, now }: OnceParts, { fresh }: { fresh: boolean }): Promise<SpentOutcome> {
		if (this.#running) return { ...(await this.#running), spent: {} };
		if (!fresh && this.#failed && now() < this.#failed.until) return { ...this.#failed.outcome, spent: {} };
		this.#running = make();
		try {
			const outcome = await this.#running;
			this.#failed = outcome.status === 'failed' ? { outcome, until: now() + patience(outcome.failure.code) } : null;
			return outcome;
		} finally {
			this.#running = null;
		}
	}
}

function patience(code: string): number {
	return PASSING.includes(code) ? BUSY_MS : FAILED_MS;
}
