// The distinct values of one column of a version, counted: one row group in memory at a time, and never more than a few
// thousand values, however many there are.
import { parquetRead } from 'hyparquet';
import type { Cell, Column } from '$lib/contracts/dataset';
import { toCell } from './cell';
import { groupsOf, openFile, RAW_PARSERS, type OpenFile, type ParquetSource } from './file';
import type { KeptRows } from './kept-rows';

export interface Distinct {
	/** Sorted by value. */
	values: { value: Cell; count: number }[];
	nullCount: number;
	/** There are more values than these. */
	truncated: boolean;
}

/** Counts the values of a column over all files of a version. The least `limit` are returned, with exact counts. */
export async function countValues(
	files: readonly ParquetSource[],
	column: Column,
	{ limit, keep }: { limit: number; keep?: KeptRows | undefined },
): Promise<Distinct> {
	const tally = new Tally(limit);
	for (const source of files) {
		for await (const { values, kept } of chunksOf(await openFile(source), column.name, keep)) tally.add(values, kept);
	}
	return tally.result(column);
}

/** Sorts and cuts what was counted. `more`: there were others that were not counted. */
export function sorted(
	counts: ReadonlyMap<Cell, number>,
	{ nullCount, limit, more }: { nullCount: number; limit: number; more: boolean },
): Distinct {
	const all = [...counts].sort(([left], [right]) => compare(left!, right!));
	const values = all.slice(0, limit).map(([value, count]) => ({ value, count }));
	return { values, nullCount, truncated: more || all.length > limit };
}

/** Values, and which of them are kept; null: all. */
interface Chunk {
	values: ArrayLike<unknown>;
	kept: Uint8Array | null;
}

async function* chunksOf(open: OpenFile, name: string, keep: KeptRows | undefined): AsyncGenerator<Chunk> {
	const { file, metadata } = open;
	for (const { rowStart, rowEnd } of groupsOf(metadata)) {
		const mask = keep ? await keep(open, { rowStart, rowEnd }) : null;
		if (mask && !mask.includes(1)) continue;
		const chunks: Chunk[] = [];
		const onChunk = ({ columnData: values, rowStart: at }: { columnData: ArrayLike<unknown>; rowStart: number }) =>
			void chunks.push({ values, kept: mask && mask.subarray(at - rowStart, at - rowStart + values.length) });
		await parquetRead({ file, metadata, columns: [name], rowStart, rowEnd, parsers: RAW_PARSERS, onChunk });
		yield* chunks;
	}
}

/** What a file holds: days and microseconds are numbers still, integers exact. */
type Value = string | number | bigint | boolean;

/**
 * Counts values, keeping the least. A value that is dropped was greater than `limit` others and stays so, hence the counts of
 * those that are returned are exact.
 */
class Tally {
	readonly #limit: number;
	/** Distinct values above which the greatest are dropped. */
	readonly #room: number;
	#counts = new Map<Value, number>();
	#nulls = 0;
	/** Values above it were dropped. */
	#ceiling: Value | null = null;

	constructor(limit: number) {
		this.#limit = limit;
		this.#room = limit * 10;
	}

	add(values: ArrayLike<unknown>, kept: Uint8Array | null): void {
		for (let index = 0; index < values.length; index += 1) {
			if (kept?.[index] === 0) continue;
			const value = values[index] as Value | null | undefined;
			if (value === null || value === undefined) this.#nulls += 1;
			else if (this.#ceiling === null || value <= this.#ceiling) this.#count(value);
		}
	}

	result(column: Column): Distinct {
		const least = this.#sorted();
		return {
			values: least.slice(0, this.#limit).map(([value, count]) => ({ value: toCell(value, column), count })),
			nullCount: this.#nulls,
			truncated: this.#ceiling !== null || least.length > this.#limit,
		};
	}

	#count(value: Value): void {
		this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
		if (this.#counts.size <= this.#room) return;
		const kept = this.#sorted().slice(0, this.#limit);
		this.#ceiling = kept.at(-1)![0];
		this.#counts = new Map(kept);
	}

	#sorted(): [Value, number][] {
		return [...this.#counts].sort(([left], [right]) => compare(left, right));
	}
}

/** Numbers by size, texts by their characters, false before true. Integers beyond 2^53 compare exactly. */
function compare(left: Value, right: Value): number {
	return left < right ? -1 : left > right ? 1 : 0;
}
