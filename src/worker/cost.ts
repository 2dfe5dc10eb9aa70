// What one request spends on the systems behind the Worker. Adapters count; responses print it as `Server-Timing`.

export type MeteredSystem = 'dynamo' | 's3' | 'kv' | 'exec';

export class Cost {
	readonly calls: Record<MeteredSystem, number> = { dynamo: 0, s3: 0, kv: 0, exec: 0 };
	/** Read and write units that DynamoDB reported. */
	capacity = 0;
	hits = 0;
	misses = 0;
	readonly #started = performance.now();

	/** Counts one call of a system; `units` are DynamoDB's capacity units. */
	count(system: MeteredSystem, units = 0): void {
		this.calls[system] += 1;
		this.capacity += units;
	}

	/** Adds capacity units that a counted call turned out to use. */
	addCapacity(units: number): void {
		this.capacity += units;
	}

	/** Counts look-ups of the location's own cache. */
	cache(hit: boolean): void {
		if (hit) this.hits += 1;
		else this.misses += 1;
	}

	/** Milliseconds since the request began. Inside a Worker the clock only moves while it waits for others. */
	elapsed(): number {
		return performance.now() - this.#started;
	}

	/** The value of the `Server-Timing` header. */
	toServerTiming(): string {
		const { dynamo, s3, kv, exec } = this.calls;
		const units = Number(this.capacity.toFixed(1));
		const dynamoText = dynamo === 0 ? '0' : `${dynamo} ${dynamo === 1 ? 'call' : 'calls'}, ${units} rcu`;
		const cache = [this.hits > 0 && `${this.hits} hit`, this.misses > 0 && `${this.misses} miss`].filter(Boolean);
		return [
			`dynamo;desc="${dynamoText}"`,
			`s3;desc="${s3}"`,
			`kv;desc="${kv}"`,
			`exec;desc="${exec}"`,
			`cache;desc="L1 ${cache.join(', ') || '0'}"`,
			`total;dur=${this.elapsed().toFixed(1)}`,
		].join(', ');
	}
}
