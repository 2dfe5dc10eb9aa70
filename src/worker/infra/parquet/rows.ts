// The first rows of a dataset, in file order. Reads the footer and the first row groups, a few columns at a time, so that
// a wide or long table never has to fit into the Worker's memory.
import { parquetRead, type RowGroup } from 'hyparquet';
import type { Cell, Column } from '$lib/contracts/dataset';
import { toCell } from './cell';
import { openFile, RAW_PARSERS, type OpenFile, type ParquetSource } from './file';

/** Compressed bytes of the columns that are read together. */
const BYTES_AT_ONCE = 2 * 1024 * 1024;

/** Up to `limit` rows of the files in their order, their cells in the order of `columns`. */
export async function readFirstRows(
	files: readonly ParquetSource[],
	columns: readonly Column[],
	limit: number,
): Promise<Cell[][]> {
	const rows: Cell[][] = [];
	for (const source of files) {
		if (rows.length >= limit) break;
		const open = await openFile(source);
		rows.push(...(await firstRowsOf(open, columns, limit - rows.length)));
	}
	return rows;
}

async function firstRowsOf(open: OpenFile, columns: readonly Column[], limit: number): Promise<Cell[][]> {
	const count = Math.min(limit, Number(open.metadata.num_rows));
	const rows = Array.from({ length: count }, (): Cell[] => Array<Cell>(columns.length).fill(null));
	if (count === 0) return rows;
	for (const names of groupsOfColumns(open.metadata.row_groups[0]!)) {
		const read = await readColumns(open, names, count);
		for (const name of names) {
			const position = columns.findIndex((column) => column.name === name);
			if (position < 0) continue;
			const values = read.get(name)!;
			for (let row = 0; row < count; row += 1) rows[row]![position] = toCell(values[row], columns[position]!);
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

/** The first `count` values of some columns. */
async function readColumns(
	{ file, metadata }: OpenFile,
	names: string[],
	count: number,
): Promise<Map<string, unknown[]>> {
	const values = new Map(names.map((name) => [name, [] as unknown[]]));
	await parquetRead({
		file,
		metadata,
		columns: names,
		rowStart: 0,
		rowEnd: count,
		parsers: RAW_PARSERS,
		onChunk: ({ columnName, columnData, rowStart }) => {
			const target = values.get(columnName)!;
			for (let index = 0; index < columnData.length && rowStart + index < count; index += 1)
				target[rowStart + index] = columnData[index];
		},
	});
	return values;
}
