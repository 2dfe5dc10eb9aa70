// The footer of a Parquet file in a form small enough to keep: where each column chunk lies and what values it spans.
// Knows Parquet (through hyparquet) and JSON; nothing of storage, datasets or filters.
import { parquetMetadata } from 'hyparquet';
import type { ColumnChunk, ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet';
import type { Bound, CompactChunk, CompactFooter, FooterColumn } from './port';

type Statistic = NonNullable<ColumnMetaData['statistics']>['min_value'];

/** The last bytes of a file that say how long its footer is. */
const TRAILER_BYTES = 8;
const MAGIC = 0x31524150;
/** Longer texts bound nothing that a filter value would not; the group is kept instead. */
const MAX_BOUND_CHARS = 200;

/**
 * How many bytes at the end of a file hold its footer, read from its last bytes (8 or more).
 * Throws when they are not the end of a Parquet file.
 */
export function tailLength(tail: Uint8Array): number {
	const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
	if (tail.length < TRAILER_BYTES || view.getUint32(tail.length - 4, true) !== MAGIC) {
		throw new Error('not the end of a Parquet file');
	}
	return view.getUint32(tail.length - TRAILER_BYTES, true) + TRAILER_BYTES;
}

/** Reads the footer of a flat file from its last bytes, `tailLength` of them or more. Throws when it is damaged or nested. */
export function readFooter(tail: Uint8Array): CompactFooter {
	const tailBytes = tailLength(tail);
	const metadata = parquetMetadata(tail.subarray(tail.length - tailBytes), {
		parsers: {
			dateFromDays: (days) => days,
			timestampFromMilliseconds: (millis) => floorDivide(millis, 1n),
			timestampFromMicroseconds: (micros) => floorDivide(micros, 1000n),
			timestampFromNanoseconds: (nanos) => floorDivide(nanos, 1_000_000n),
			stringFromBytes: decodeText,
		},
		geoparquet: false,
	});
	return {
		v: 1,
		tailBytes,
		columns: flatColumns(metadata),
		groups: metadata.row_groups.map((group) => ({
			rows: Number(group.num_rows),
			chunks: group.columns.map(compactChunk),
		})),
	};
}

/** What a footer says of each column's values. Throws when it is damaged. @param tail as `readFooter` takes it */
export function readColumns(tail: Uint8Array): FooterColumn[] {
	const { schema } = parquetMetadata(tail.subarray(tail.length - tailLength(tail)), { geoparquet: false });
	return schema.slice(1).map((element) => ({ name: element.name, ...typeOf(element) }));
}

const UNKNOWN = { type: null, zoned: false };

/** The type of a dataset's column that is written so. */
function typeOf({
	type,
	converted_type: converted,
	logical_type: logical,
	repetition_type,
}: SchemaElement): Omit<FooterColumn, 'name'> {
	if (repetition_type === 'REPEATED') return UNKNOWN;
	if (type === 'BYTE_ARRAY') return converted === 'UTF8' ? { type: 'string', zoned: false } : UNKNOWN;
	if (type === 'INT32') return converted === 'DATE' ? { type: 'date', zoned: false } : UNKNOWN;
	if (type === 'INT64' && logical?.type === 'TIMESTAMP') return { type: 'datetime', zoned: logical.isAdjustedToUTC };
	// Whole numbers of 64 bits are said to be so, or nothing is said of them.
	if (logical && !(logical.type === 'INTEGER' && logical.bitWidth === 64 && logical.isSigned)) return UNKNOWN;
	const plain = { INT64: 'int64', DOUBLE: 'float64', BOOLEAN: 'bool' } as const;
	return { type: plain[type as keyof typeof plain] ?? null, zoned: false };
}

function flatColumns(metadata: FileMetaData): string[] {
	const leaves = metadata.schema.slice(1);
	if (leaves.some((leaf) => !leaf.type)) throw new Error('a Parquet file with nested columns');
	return leaves.map((leaf) => leaf.name);
}

function compactChunk({ meta_data: chunk }: ColumnChunk): CompactChunk {
	if (!chunk) throw new Error('a Parquet footer without column metadata');
	const dictionary = chunk.dictionary_page_offset;
	const start = dictionary && dictionary < chunk.data_page_offset ? dictionary : chunk.data_page_offset;
	const nulls = chunk.statistics?.null_count;
	return [
		Number(start),
		Number(chunk.total_compressed_size),
		nulls === undefined ? null : Number(nulls),
		bound(chunk.statistics?.min_value),
		bound(chunk.statistics?.max_value),
	];
}

/** A bound that JSON can carry, or null when it would say something else than the file does. */
function bound(value: Statistic): Bound | null {
	if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
	if (typeof value === 'number') return Number.isFinite(value) ? value : null;
	if (typeof value === 'string') return value.length <= MAX_BOUND_CHARS ? value : null;
	return typeof value === 'boolean' ? value : null;
}

function floorDivide(value: bigint, by: bigint): number {
	const quotient = value / by;
	return Number(value % by < 0n ? quotient - 1n : quotient);
}

/** A writer may cut a long bound in mid-character: such a text is no bound. */
function decodeText(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}
