// What the Worker keeps of a Parquet file's footer. Shapes only: JSON-safe, stored in a version's manifest.
import type { ColumnType } from '$lib/contracts/dataset';

/** A bound in JSON. Dates are days and datetimes milliseconds since 1970; integers beyond 2^53 are decimal texts. */
export type Bound = number | string | boolean;

/** First byte, length in bytes, count of nulls, least and greatest value; null where the file does not say. */
export type CompactChunk = [start: number, length: number, nulls: number | null, min: Bound | null, max: Bound | null];

/** A column as its file has it; null: of no type that datasets have. */
export interface FooterColumn {
	name: string;
	type: ColumnType | null;
	zoned: boolean;
}

export interface CompactFooter {
	v: 1;
	/** Bytes at the end of the file that hold the metadata, its length and the magic. */
	tailBytes: number;
	/** Column names, in the order of the chunks of each group. */
	columns: string[];
	groups: { rows: number; chunks: CompactChunk[] }[];
}
