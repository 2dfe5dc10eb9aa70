// Limits that hold over every location at once: attempts that may fail so often, and calls that may be made so often, by a name.

/** Seconds within which every limit counts. */
export const WINDOW_SECONDS = 60;

export interface Quota {
	/** What is limited, as headers call it. */
	policy: string;
	/** How much within a window. */
	most: number;
}

/** What a request learned of a limit. */
export interface Standing extends Quota {
	remaining: number;
	/** Seconds until more is possible again. */
	reset: number;
}

export interface Limiter {
	/**
	 * Asks to make one attempt, of which `most` may fail within a window. Null: go ahead, then report how it ended. A number:
	 * refused, seconds until the next may succeed.
	 * An attempt under way counts as failed until it is reported, so that many at once do not slip through.
	 */
	begin(quota: Quota, name: string): Promise<number | null>;
	end(name: string, outcome: 'succeeded' | 'failed'): Promise<void>;
	/** Uses up so much of a quota. @throws AppError RATE_LIMITED when that much is not left */
	spend(quota: Quota, name: string, amount: number): Promise<void>;
	/** Takes note of a limit that was met elsewhere for this request. */
	learn(standing: Standing): void;
	/** What this request learned, the last of each policy: for the headers of its answer. */
	readonly told: ReadonlyMap<string, Standing>;
}
