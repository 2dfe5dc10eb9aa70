// What the values of a column look like, small enough for a table: shares of the most frequent, or a histogram. Pure.
import type { Cell, ColumnType, ColumnValues } from '$lib/contracts/dataset';

/** Bars of a histogram. */
const BINS = 18;
/** Values named one by one; the others are "the rest". */
const NAMED = 4;

export type Distribution =
	| { kind: 'shares'; parts: { value: string; share: number }[] }
	/** Heights from 0 to 1, over equal steps from `from` to `to`. */
	| { kind: 'histogram'; heights: number[]; from: Cell; to: Cell };

/**
 * The distribution of a column. Null when there is none to draw: no values, or more distinct ones than were counted,
 * so that what was counted would mislead.
 */
export function distributionOf(type: ColumnType, { values, truncated }: ColumnValues): Distribution | null {
	if (truncated || values.length === 0) return null;
	return type === 'string' || type === 'bool' ? shares(values) : histogram(values);
}

type Counted = ColumnValues['values'];

function shares(values: Counted): Distribution {
	const total = values.reduce((sum, { count }) => sum + count, 0);
	const top = values.toSorted((a, b) => b.count - a.count).slice(0, NAMED);
	return { kind: 'shares', parts: top.map(({ value, count }) => ({ value: String(value), share: count / total })) };
}

function histogram(values: Counted): Distribution | null {
	const points = values.map(({ value, count }) => ({ at: position(value), count }));
	const first = points[0]?.at ?? Number.NaN;
	const last = points.at(-1)?.at ?? Number.NaN;
	if (!Number.isFinite(first) || !Number.isFinite(last)) return null;
	const bins = Math.min(BINS, values.length);
	const counts = Array.from({ length: bins }, () => 0);
	for (const { at, count } of points) {
		const bin = last === first ? 0 : Math.min(bins - 1, Math.floor(((at - first) / (last - first)) * bins));
		counts[bin] = (counts[bin] ?? 0) + count;
	}
	const most = Math.max(...counts);
	const heights = counts.map((count) => count / most);
	return { kind: 'histogram', heights, from: values[0]?.value ?? null, to: values.at(-1)?.value ?? null };
}

/** Numbers, also those too large for JSON, and times on one axis. */
function position(value: Cell): number {
	if (typeof value === 'number') return value;
	const text = String(value);
	return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
}
