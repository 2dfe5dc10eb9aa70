// Counts failed attempts by a name, over every location at once.

export interface Limiter {
	/**
	 * Asks to make one attempt, of which `most` may fail within a minute. Null: go ahead, then report how it ended. A number:
	 * refused, seconds until the next may succeed.
	 * An attempt under way counts as failed until it is reported, so that many at once do not slip through.
	 */
	begin(name: string, most: number): Promise<number | null>;
	end(name: string, outcome: 'succeeded' | 'failed'): Promise<void>;
}
