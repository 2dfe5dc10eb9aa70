// Filter state → resolved filters: what is to be applied, by column, in one canonical form.
// Pure; knows neither cards nor data, so a filter on a column nobody has is resolved like any other.
import type { FilterDefinition, FilterState, FilterValue, RelativeRange, ResolvedFilter } from '../contracts/filter';
import { resolveRelative, type DayRange } from './relative-dates';

/** One filter that is set: `key` as it stands in the state, `label` as people know it. */
export interface ActiveFilter {
	key: string;
	label: string;
	filter: ResolvedFilter;
}

export interface Resolution {
	active: ActiveFilter[];
	/** Why a value cannot be used, by its key in the state; empty when all can. */
	invalid: Record<string, string>;
}

type CategoryFilter = Extract<ResolvedFilter, { type: 'category' }>;
type RangeFilter = Extract<ResolvedFilter, { type: 'date_range' }>;

const NOT_A_CATEGORY = 'must be a value, a list of values or {values, include_null}';
const NOT_A_RANGE = 'must be {start?, end?} with days as YYYY-MM-DD, or {relative}';
const NOT_A_DAY = 'must lie between 0001-01-01 and 9998-12-31';
const NOT_TEXT = 'must be well-formed Unicode text';

/**
 * Resolves a filter state. A key is the id of a filter of the dashboard, else a column name, whose kind then follows
 * from the shape of its value. Filters that are not set (`null`, `[]`, `{}`) leave no trace.
 */
export function resolveState(input: {
	definitions: readonly FilterDefinition[];
	state: FilterState;
	/** `YYYY-MM-DD`, in the installation's zone. */
	today: string;
}): Resolution {
	const definitions = new Map(input.definitions.map((definition) => [definition.id, definition]));
	const resolution: Resolution = { active: [], invalid: {} };
	for (const [key, value] of Object.entries(input.state)) {
		const definition = definitions.get(key);
		const column = definition?.column ?? key;
		const type = definition?.type ?? (isRange(value) ? 'date_range' : 'category');
		const filter = type === 'category' ? category(column, value) : dateRange(column, value, input.today);
		if (typeof filter === 'string') resolution.invalid[key] = filter;
		else if (filter) resolution.active.push({ key, label: definition?.label ?? key, filter });
	}
	return resolution;
}

/**
 * Joins filters with AND into at most one of each kind per column, sorted by column: equal meanings become equal values.
 * A category filter without values and nulls, or a range that ends before it starts, matches no row.
 */
export function combine(filters: readonly ResolvedFilter[]): ResolvedFilter[] {
	const joined = new Map<string, ResolvedFilter>();
	for (const filter of filters) {
		const place = JSON.stringify([filter.column, filter.type]);
		const other = joined.get(place);
		joined.set(place, other ? intersect(other, filter) : filter);
	}
	return [...joined.entries()].sort(([a], [b]) => compareText(a, b)).map(([, filter]) => filter);
}

/** The resolved days of the date filters that are set, by key. */
export function resolvedRanges(active: readonly ActiveFilter[]): Record<string, DayRange> {
	const ranges: Record<string, DayRange> = {};
	for (const { key, filter } of active) {
		if (filter.type === 'date_range') ranges[key] = { start: filter.start, end: filter.end };
	}
	return ranges;
}

/** Order of texts by UTF-16 units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

type RangeValue = { start?: string | null | undefined; end?: string | null | undefined } | { relative: RelativeRange };

function isRange(value: FilterValue): value is RangeValue & FilterValue {
	return value !== null && typeof value === 'object' && !Array.isArray(value) && !('values' in value);
}

/** A resolved filter, null when the value is no filter, or the reason why it is wrong. */
function category(column: string, value: FilterValue): CategoryFilter | null | string {
	if (value === null) return null;
	if (isRange(value)) return Object.keys(value).length === 0 ? null : NOT_A_CATEGORY;
	const given = categoryValues(value);
	const values = [...new Set(given.values.map(canonicalText))].sort(compareText);
	if (!values.every((text) => text.isWellFormed())) return NOT_TEXT;
	if (values.length === 0 && !given.includeNull) return null;
	return { type: 'category', column, values, includeNull: given.includeNull };
}

type Scalar = string | number | boolean;

function categoryValues(value: Exclude<FilterValue, null | RangeValue>): {
	values: Scalar[];
	includeNull: boolean;
} {
	if (Array.isArray(value)) {
		return { values: value.filter((v) => v !== null), includeNull: value.includes(null) };
	}
	if (typeof value === 'object' && 'values' in value) {
		return { values: value.values, includeNull: value.includeNull ?? false };
	}
	return { values: [value as Scalar], includeNull: false };
}

/** One text for values that mean the same: 1 and "1", true and "true", -0 and 0. */
function canonicalText(value: Scalar): string {
	return typeof value === 'number' ? String(value + 0) : String(value);
}

function dateRange(column: string, value: FilterValue, today: string): RangeFilter | null | string {
	if (value === null || (Array.isArray(value) && value.length === 0)) return null;
	if (!isRange(value)) return NOT_A_RANGE;
	const days: DayRange =
		'relative' in value
			? resolveRelative(value.relative, today)
			: { start: value.start ?? null, end: value.end ?? null };
	if (days.start === null && days.end === null) return null;
	if ([days.start, days.end].some((day) => day !== null && !isUsableDay(day))) return NOT_A_DAY;
	return { type: 'date_range', column, ...days };
}

/** Calendars of the systems that apply a range know the years 1 to 9999, and a range ends before the next day. */
const isUsableDay = (day: string) => day >= '0001-01-01' && day <= '9998-12-31';

function intersect(a: ResolvedFilter, b: ResolvedFilter): ResolvedFilter {
	if (a.type === 'category' && b.type === 'category') {
		const kept = new Set(b.values);
		return {
			...a,
			values: a.values.filter((value) => kept.has(value)),
			includeNull: a.includeNull && b.includeNull,
		};
	}
	if (a.type === 'date_range' && b.type === 'date_range') {
		return { ...a, start: later(a.start, b.start), end: earlier(a.end, b.end) };
	}
	return a;
}

const later = (a: string | null, b: string | null) => (a === null || (b !== null && b > a) ? b : a);
const earlier = (a: string | null, b: string | null) => (a === null || (b !== null && b < a) ? b : a);
