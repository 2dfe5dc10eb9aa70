// Can a piece of data hold a row that a filter keeps? Decided from its bounds alone; whoever is in doubt says yes. Pure.
import type { ColumnType } from '$lib/contracts/dataset';
import type { ResolvedFilter } from '$lib/contracts/filter';

/** What is known of a column in a row group or partition. Dates are days, datetimes milliseconds since 1970. */
export interface Span {
	min: number | string | boolean | null;
	max: number | string | boolean | null;
	/** Null when unknown. */
	nulls: number | null;
	rows: number;
}

const DAY_MS = 86_400_000;

/** False only when no row can pass the filter. `zoned`: a datetime that is an instant, whose days depend on a zone. */
export function mayMatch(filter: ResolvedFilter, span: Span, type: ColumnType, zoned: boolean): boolean {
	if (span.nulls !== null && span.nulls === span.rows && span.rows > 0) {
		return filter.type === 'category' && filter.includeNull;
	}
	return filter.type === 'category'
		? (filter.includeNull && span.nulls !== 0) || filter.values.some((value) => within(value, span, type))
		: overlaps(filter, span, type, zoned);
}

function within(text: string, span: Span, type: ColumnType): boolean {
	if (span.min === null || span.max === null) return true;
	if (type === 'string') {
		return comparePoints(String(span.min), text) <= 0 && comparePoints(text, String(span.max)) <= 0;
	}
	const value = numeric(text, type);
	return Number.isNaN(value) || (Number(span.min) <= value && value <= Number(span.max));
}

/** A filter value on the scale of a span's bounds; NaN when it cannot be placed there. */
function numeric(text: string, type: ColumnType): number {
	switch (type) {
		case 'bool':
			return text === 'true' ? 1 : text === 'false' ? 0 : NaN;
		case 'int64':
		case 'float64':
			return text.trim() === '' ? NaN : Number(text);
		case 'date':
			return dayNumber(text);
		case 'datetime':
		case 'string':
			return NaN;
	}
}

function overlaps(
	filter: Extract<ResolvedFilter, { type: 'date_range' }>,
	span: Span,
	type: ColumnType,
	zoned: boolean,
): boolean {
	if (type !== 'date' && type !== 'datetime') return true;
	const day = type === 'date' ? 1 : DAY_MS;
	// A day of any zone begins less than a day before or after that of UTC.
	const slack = zoned ? day : 0;
	const from = filter.start === null ? -Infinity : dayNumber(filter.start) * day - slack;
	const until = filter.end === null ? Infinity : (dayNumber(filter.end) + 1) * day + slack;
	if (from >= until) return false;
	const startsTooLate = typeof span.min === 'number' && span.min >= until;
	const endsTooEarly = typeof span.max === 'number' && span.max < from;
	return !startsTooLate && !endsTooEarly;
}

/** Days since 1970 of `YYYY-MM-DD`, or NaN. */
export function dayNumber(text: string): number {
	return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / DAY_MS : NaN;
}

/** Order of texts by code point, which is Parquet's order of their bytes; UTF-16 units order some characters otherwise. */
function comparePoints(a: string, b: string): number {
	const left = a[Symbol.iterator]();
	const right = b[Symbol.iterator]();
	for (;;) {
		const x = left.next().value?.codePointAt(0) ?? -1;
		const y = right.next().value?.codePointAt(0) ?? -1;
		if (x !== y) return x - y;
		if (x === -1) return 0;
	}
}
