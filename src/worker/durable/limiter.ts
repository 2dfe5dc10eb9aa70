// One Durable Object for each limited name: it keeps the times of recent failures, or what was used of a quota. Lifecycle only; the
// rules are attempts.ts and window.ts.
import { DurableObject } from 'cloudflare:workers';
import { ATTEMPT_MS, current, decide, leaves, WINDOW_MS, type Attempts } from './attempts';
import { spend, type Spent, type Window } from './window';

/** Whether an attempt may be made, and how many more may fail. */
interface Begun {
	/** Null: go ahead. Else seconds to wait. */
	retryAfter: number | null;
	remaining: number;
	/** Seconds until one more is possible. */
	reset: number;
}

export class LimiterDO extends DurableObject {
	#failures: number[] | null = null;
	#pending: number[] = [];
	#waiting: (() => void)[] = [];
	/** In memory alone: an object is kept for longer after its last call than a window lasts. */
	#window: Window | null = null;

	/** Refuses after `most` failures. Attempts whose fate hangs on others under way wait for those. */
	async begin(most: number): Promise<Begun> {
		for (;;) {
			const attempts = await this.#current();
			const decision = decide(attempts, Date.now(), most);
			const reset = leaves(attempts, Date.now());
			if (decision.go) {
				this.#pending.push(Date.now());
				return { retryAfter: null, remaining: most - attempts.failures.length - this.#pending.length, reset };
			}
			if ('retryAfter' in decision)
				return { retryAfter: decision.retryAfter, remaining: 0, reset: decision.retryAfter };
			await this.#somethingEnds();
		}
	}

	/** Uses up so much of what is possible within a window, if that much is left. */
	spend(most: number, amount: number): Omit<Spent, 'window'> {
		const { window, ...answer } = spend(this.#window, { most, amount, now: Date.now() });
		this.#window = window;
		return answer;
	}

	/** Reports how an attempt that was let through ended. */
	async end(outcome: 'succeeded' | 'failed'): Promise<void> {
		const { failures } = await this.#current();
		this.#pending.shift();
		if (outcome === 'failed') {
			failures.push(Date.now());
			await this.ctx.storage.put('failures', failures);
			await this.ctx.storage.setAlarm(Date.now() + WINDOW_MS);
		}
		this.#wake();
	}

	/** Nothing failed for a whole window: nothing needs to be remembered. */
	override async alarm(): Promise<void> {
		await this.ctx.storage.deleteAll();
		this.#failures = [];
	}

	async #current(): Promise<Attempts> {
		this.#failures ??= (await this.ctx.storage.get<number[]>('failures')) ?? [];
		const attempts = current({ failures: this.#failures, pending: this.#pending }, Date.now());
		this.#failures = attempts.failures;
		this.#pending = attempts.pending;
		return attempts;
	}

	#somethingEnds(): Promise<void> {
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			setTimeout(resolve, ATTEMPT_MS);
		});
	}

	#wake(): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const resolve of waiting) resolve();
	}
}
