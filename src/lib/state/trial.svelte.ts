// Unsaved code tried out: the last run that was asked for counts, and the last good one stays while others fail.
// Knows no markup and not what runs.
import { failureOf, refusal, type RunFailure } from './run-failure';

export interface Run<T> {
	preview: T;
	/** ISO 8601. */
	at: string;
	/** Counts runs: each is content of its own. */
	number: number;
}

export class Trial<T> {
	good = $state.raw<Run<T> | null>(null);
	failure = $state.raw<RunFailure | null>(null);
	running = $state(false);
	/** Milliseconds that the last failed run took. */
	failedAfterMs = $state(0);
	#runs = 0;

	/** What the editor marks. */
	get problem(): { line: number; message: string } | null {
		const { failure } = this;
		return failure?.line ? { line: failure.line, message: failure.message } : null;
	}

	/** Says why there is nothing to run, and on which line of the code, where it is one's fault. */
	refuse(message: string, line: number | null = null): void {
		this.failure = refusal(message, line);
		this.failedAfterMs = 0;
	}

	/** Shows what `ask` answers, or why it failed. */
	async run(ask: () => Promise<T>): Promise<void> {
		const number = ++this.#runs;
		const started = performance.now();
		this.running = true;
		try {
			const preview = await ask();
			if (number !== this.#runs) return;
			this.good = { preview, at: new Date().toISOString(), number };
			this.failure = null;
		} catch (caught) {
			if (number !== this.#runs) return;
			this.failure = failureOf(caught);
			this.failedAfterMs = performance.now() - started;
		} finally {
			if (number === this.#runs) this.running = false;
		}
	}
}
