// The first rows of a dataset, in file order. Reads the footer and the first row groups, a few columns at a time, so that
// a wide or long table never has to fit into the Worker's memory.
import { parquetRead, type RowGroup } from 'hyparquet';
import type { Cell, Column } from '$lib/contracts/dataset';
import { toCell } from './cell';
import { groupsOf, openFile, RAW_PARSERS, type OpenFile, type ParquetSource, type RowRange } from './file';
import type { KeptRows } from './kept-rows';

/** Compressed bytes of the columns that are read together. */
const BYTES_AT_ONCE = 2 * 1024 * 1024;

export interface FirstRows {
	limit: number;
	/** Only these. */
	keep?: KeptRows | undefined;
}

/** Up to `limit` rows of the files in their order, their cells in the order of `columns`. */
export async function readFirstRows(
	files: readonly ParquetSource[],
	columns: readonly Column[],
	{ limit, keep }: FirstRows,
): Promise<Cell[][]> {
	const rows: Cell[][] = [];
	for (const source of files) {
		if (rows.length >= limit) break;
		const open = await openFile(source);
		for await (const positions of chosenRows(open, { limit: limit - rows.length, keep }))
			rows.push(...(await rowsAt(open, columns, positions)));
	}
	return rows;
}

/** How many rows of the files are kept. */
export async function countKept(files: readonly ParquetSource[], keep: KeptRows): Promise<number> {
	let count = 0;
	for (const source of files) {
		const open = await openFile(source);
		for (const range of groupsOf(open.metadata)) for (const kept of await keep(open, range)) count += kept;
	}
	return count;
}

/** Positions within a file, ascending, a few at a time. */
async function* chosenRows(open: OpenFile, { limit, keep }: FirstRows): AsyncGenerator<number[]> {
	if (!keep) {
		const count = Math.min(limit, Number(open.metadata.num_rows));
		if (count > 0) yield Array.from({ length: count }, (_none, row) => row);
		return;
	}
	let left = limit;
	for (const range of groupsOf(open.metadata)) {
		const mask = await keep(open, range);
		const positions: number[] = [];
		for (let row = 0; row < mask.length && positions.length < left; row += 1)
			if (mask[row] === 1) positions.push(range.rowStart + row);
		left -= positions.length;
		if (positions.length > 0) yield positions;
		if (left === 0) return;
	}
}

async function rowsAt(open: OpenFile, columns: readonly Column[], positions: number[]): Promise<Cell[][]> {
	const rows = positions.map((): Cell[] => Array<Cell>(columns.length).fill(null));
	const range = { rowStart: positions[0]!, rowEnd: positions.at(-1)! + 1 };
	for (const names of groupsOfColumns(open.metadata.row_groups[0]!)) {
		const read = await readColumns(open, names, range);
		for (const name of names) {
			const at = columns.findIndex((column) => column.name === name);
			if (at < 0) continue;
			const values = read.get(name)!;
			positions.forEach((position, row) => (rows[row]![at] = toCell(values[position - range.rowStart], columns[at]!)));
		}
	}
	return rows;
}

/** Neighbouring columns whose chunks are small enough to be read together. */
function groupsOfColumns(group: RowGroup): string[][] {
	const groups: string[][] = [];
	let bytes = Infinity;
	for (const { meta_data: chunk } of group.columns) {
		const size = Number(chunk!.total_compressed_size);
		if (bytes + size > BYTES_AT_ONCE) {
			groups.push([]);
			bytes = 0;
		}
		groups.at(-1)!.push(chunk!.path_in_schema[0]!);
		bytes += size;
	}
	return groups;
}

/** The values of some columns in a range of rows. */
async function readColumns(
	{ file, metadata }: OpenFile,
	names: string[],
	{ rowStart, rowEnd }: RowRange,
): Promise<Map<string, unknown[]>> {
	const values = new Map(names.map((name) => [name, [] as unknown[]]));
	await parquetRead({
		file,
		metadata,
		columns: names,
		rowStart,
		rowEnd,
		parsers: RAW_PARSERS,
		onChunk: ({ columnName, columnData, rowStart: at }) => {
			const target = values.get(columnName)!;
			for (let index = 0; index < columnData.length; index += 1) {
				const row = at + index;
				if (row >= rowStart && row < rowEnd) target[row - rowStart] = columnData[index];
			}
		},
	});
	return values;
}
