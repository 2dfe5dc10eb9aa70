// Which types the text of a cell fits, by the importer's own rules. For hints in the page: the importer judges the whole
// file, this judges the rows that are shown. Knows no page.
import type { ColumnType } from '$lib/contracts/dataset';

type CellClass = 'int' | 'bigint' | 'float' | 'bool' | 'date' | 'wall' | 'instant' | 'text';

const NULLS = new Set(['', 'NULL', 'null', 'NA', 'N/A', 'NaN']);
const INT = /^(?:0|-?[1-9][0-9]*)$/;
/** A point, or a signed exponent: `12E4` is a product code. */
const FLOAT = /^(?:-?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?(?:0|[1-9][0-9]*)[eE][+-][0-9]+|-0)$/;
/** What a float without a fraction is shown as. */
const WHOLE_FLOAT = /^(-?\d+)\.0$/;
const BOOL = /^(?:true|false|yes|no)$/i;
const DAY = String.raw`([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|/([0-9]{1,2})/([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)`;
const DATE = new RegExp(`^${DAY}$`);
const CLOCK = String.raw`[T ](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6}0{0,3})?)?`;
const WALL = new RegExp(`^${DAY}${CLOCK}$`);
const INSTANT = new RegExp(String.raw`^${DAY}${CLOCK}(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)$`);
const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

/** The classes a type holds without loss; a string holds everything. */
const HOLDS: Record<Exclude<ColumnType, 'string'>, CellClass[]> = {
	int64: ['int', 'bigint'],
	float64: ['int', 'float'],
	bool: ['bool'],
	date: ['date'],
	datetime: ['date', 'wall', 'instant'],
};

/** The class of a cell's text; null for an empty one. Surrounding blanks do not count. */
export function cellClass(text: string): CellClass | null {
	const cell = text.replace(/^[ \t]+|[ \t]+$/g, '');
	if (NULLS.has(cell)) return null;
	if (BOOL.test(cell)) return 'bool';
	if (INT.test(cell)) return classOfInteger(cell);
	if (FLOAT.test(cell)) return Number.isFinite(Number(cell)) ? 'float' : 'text';
	if (realDay(DATE.exec(cell))) return 'date';
	if (realDay(WALL.exec(cell))) return 'wall';
	if (realDay(INSTANT.exec(cell))) return 'instant';
	return 'text';
}

function classOfInteger(cell: string): CellClass {
	const value = BigInt(cell);
	if (value < SMALLEST || value > LARGEST) return 'text';
	return Number.isSafeInteger(Number(value)) || cell === '9007199254740992' ? 'int' : 'bigint';
}

/** `2024-02-30` has the form of a day and is none. */
function realDay(match: RegExpExecArray | null): boolean {
	if (!match) return false;
	const [year = 0, month = 0, day = 0] = match.slice(1).filter(Boolean).map(Number);
	const date = new Date(Date.UTC(2000, 0, 1));
	date.setUTCFullYear(year, month - 1, day);
	return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const GROUPED = /^-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;

/** The first number written with thousands separators, where every cell is a number and some are written so; null elsewhere. */
export function groupedNumber(cells: Iterable<unknown>): string | null {
	let first: string | null = null;
	for (const cell of cells) {
		const text = String(cell ?? '').trim();
		if (GROUPED.test(text)) first ??= text;
		else if (!['int', 'bigint', 'float', null].includes(cellClass(text))) return null;
	}
	return first;
}

/**
 * How many of the cells `type` cannot hold, as the first look shows them; null and empty ones fit everything. A whole number
 * in a column of floats is shown as `2.0` and counts as the `2` that it most likely is in the file.
 */
export function misfits(cells: Iterable<unknown>, type: ColumnType): number {
	if (type === 'string') return 0;
	let count = 0;
	for (const cell of cells) {
		const found = cell === null ? null : cellClass(String(cell).replace(WHOLE_FLOAT, '$1'));
		if (found !== null && !HOLDS[type].includes(found)) count++;
	}
	return count;
}
