// A cell as text: whole, as it is stored, and as people read it.
import type { Cell, ColumnType } from '$lib/contracts/dataset';
import { format } from '$lib/state/format';
import { isNumber } from './column-types';

/** How numbers are written that people are spared the digits of; `007` and `1,5` are something else, whatever their column is. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d*)?(?:e[+-]?\d+)?$/i;

/** The beginning of an ISO 8601 time, with a fraction that is empty; what misfits its column of times is no such thing. */
const TIME = /^([+-]?\d{4,}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.0+(?=Z|$))?/;

/** The whole value: `2026-10-01T05:00:00Z` → `2026-10-01 05:00:00Z`; everything else as it is. */
export function cellText(cell: Cell, type: ColumnType): string {
	if (cell === null) return 'null';
	return type === 'datetime' ? String(cell).replace(TIME, '$1 $2') : String(cell);
}

/** What a table shows of it: numbers grouped and with the digits that one reads, everything else whole. */
export function readableCell(cell: Cell, type: ColumnType): string {
	const text = cellText(cell, type);
	if (cell === null || !isNumber(type) || !PLAIN_NUMBER.test(text)) return text;
	return format().value(/^-?\d+$/.test(text) ? BigInt(text) : Number(text));
}
