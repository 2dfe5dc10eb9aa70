// The values of a dataset's columns, counted as they are asked for, two at a time. Knows the client and no markup.
import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '$lib/client';
import type { Counted } from '$lib/components/dataset/columns-table.svelte';
import { sentenceOf } from '$lib/state/failures';

/** Each reads a column of the stored files: more at once would only make the first ones late. */
const AT_ONCE = 2;

export class ColumnCounts {
	#client: Client;
	#datasetId: string;
	#found = new SvelteMap<string, Counted>();
	#waiting: string[] = [];
	#running = 0;

	constructor(client: Client, datasetId: string) {
		this.#client = client;
		this.#datasetId = datasetId;
	}

	get all(): Record<string, Counted> {
		return Object.fromEntries(this.#found);
	}

	/** Counts a column unless it is counted or on its way. */
	count(column: string): void {
		const known = this.#found.get(column);
		if (known && known.state !== 'failed') return;
		this.#found.set(column, { state: 'counting' });
		this.#waiting.push(column);
		this.#next();
	}

	#next(): void {
		const column = this.#running < AT_ONCE ? this.#waiting.shift() : undefined;
		if (column === undefined) return;
		this.#running++;
		void this.#ask(column).then((counted) => {
			this.#found.set(column, counted);
			this.#running--;
			this.#next();
		});
	}

	async #ask(column: string): Promise<Counted> {
		try {
			const values = await this.#client.datasets.values.query({ datasetId: this.#datasetId, column });
			return { state: 'counted', values };
		} catch (caught) {
			return { state: 'failed', reason: sentenceOf(caught) };
		}
	}
}
