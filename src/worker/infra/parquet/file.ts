// One Parquet file in a store, as hyparquet reads it: ranges on demand, its metadata in one of them.
import { parquetMetadataAsync, type AsyncBuffer, type FileMetaData, type ParquetParsers } from 'hyparquet';

/** Where a file's bytes come from. */
export interface ParquetSource {
	bytes: number;
	/** How many bytes at the end hold the footer. */
	tailBytes: number;
	/** Bytes [start, end). */
	read(start: number, end: number): Promise<ArrayBuffer>;
}

export interface OpenFile {
	file: AsyncBuffer;
	metadata: FileMetaData;
}

/** The BOM of a text is part of it; a broken byte shows as U+FFFD rather than failing the whole column. */
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/**
 * Dates stay days and datetimes microseconds since 1970 (hyparquet's own parsers lose microseconds); what is shown depends on
 * the column and is made by `toCell`.
 */
export const RAW_PARSERS: Partial<ParquetParsers> = {
	dateFromDays: (days) => days,
	timestampFromMicroseconds: (micros) => micros,
	stringFromBytes: (bytes) => decoder.decode(bytes),
};

/** Reads the footer: one range. */
export async function openFile({ bytes, tailBytes, read }: ParquetSource): Promise<OpenFile> {
	const file: AsyncBuffer = { byteLength: bytes, slice: (start, end = bytes) => read(start, end) };
	const metadata = await parquetMetadataAsync(file, { initialFetchSize: tailBytes, geoparquet: false });
	return { file, metadata };
}

export interface RowRange {
	rowStart: number;
	rowEnd: number;
}

/** The rows of each row group, within the file. */
export function groupsOf({ row_groups: groups }: FileMetaData): RowRange[] {
	let rowStart = 0;
	return groups.map((group) => {
		const range = { rowStart, rowEnd: rowStart + Number(group.num_rows) };
		rowStart = range.rowEnd;
		return range;
	});
}
