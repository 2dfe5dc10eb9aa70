// One Durable Object for each limited name: it keeps the times of recent failures. Lifecycle only; the rule is attempts.ts.
import { DurableObject } from 'cloudflare:workers';
import { ATTEMPT_MS, current, decide, WINDOW_MS, type Attempts } from './attempts';

export class LimiterDO extends DurableObject {
	#failures: number[] | null = null;
	#pending: number[] = [];
	#waiting: (() => void)[] = [];

	/** Null: go ahead. A number: seconds to wait, after `most` failures. Attempts whose fate hangs on others under way wait for those. */
	async begin(most: number): Promise<number | null> {
		for (;;) {
			const attempts = await this.#current();
			const decision = decide(attempts, Date.now(), most);
			if (decision.go) {
				this.#pending.push(Date.now());
				return null;
			}
			if ('retryAfter' in decision) return decision.retryAfter;
			await this.#somethingEnds();
		}
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
