// Which rows of a row group pass category filters, read from the filters' own columns alone.
import { parquetRead } from 'hyparquet';
import type { Column } from '$lib/contracts/dataset';
import type { ResolvedFilter } from '$lib/contracts/filter';
import { toCell } from './cell';
import { RAW_PARSERS, type OpenFile, type RowRange } from './file';

/** One byte a row of the range, 1 for a row that is kept. */
export type KeptRows = (open: OpenFile, range: RowRange) => Promise<Uint8Array>;

type CategoryFilter = Extract<ResolvedFilter, { type: 'category' }>;

/** All `filters` hold on a kept row. Each is on one of `columns`; its values are compared as canonical texts. */
export function keptRows(filters: readonly CategoryFilter[], columns: readonly Column[]): KeptRows {
	const tests = filters.map(({ column: name, values, includeNull }) => {
		const column = columns.find((one) => one.name === name)!;
		const wanted = new Set(values);
		return (value: unknown) => {
			const cell = value === undefined ? null : toCell(value, column);
			return cell === null ? includeNull : wanted.has(String(cell));
		};
	});
	const testsOf = (name: string) => tests.filter((_test, position) => filters[position]!.column === name);

	return async ({ file, metadata }, { rowStart, rowEnd }) => {
		// Filters' columns that passed: a row whose value was never read is not kept.
		const passed = new Uint8Array(rowEnd - rowStart);
		const names = [...new Set(filters.map(({ column }) => column))];
		await parquetRead({
			file,
			metadata,
			columns: names,
			rowStart,
			rowEnd,
			parsers: RAW_PARSERS,
			onChunk: ({ columnName, columnData, rowStart: at }) => {
				const passes = testsOf(columnName);
				for (let index = 0; index < columnData.length; index += 1)
					// Beyond its ends, where a page may begin or end, writing changes nothing.
					if (passes.every((test) => test(columnData[index]))) passed[at - rowStart + index]! += 1;
			},
		});
		return passed.map((count) => (count === names.length ? 1 : 0));
	};
}
