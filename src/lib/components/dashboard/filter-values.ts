// A filter's value as its chip and its controls show it. Knows words, not the page.
import type { FilterDefinition, FilterValue, RelativeRange } from '$lib/contracts/filter';
import { resolveRelative } from '$lib/domain/relative-dates';
import { m } from '$lib/paraglide/messages';
import { format } from '$lib/state/format';
import { rangeNames } from './range-names';

/** What is ticked. `null` among the values stands for rows without one. */
export type Choice = ReadonlySet<string | null>;

/** More names than this in a chip become a number. */
const NAMED = 3;

export function choiceOf(value: FilterValue): Choice {
	if (value === null) return new Set();
	if (Array.isArray(value)) return new Set(value.map((one) => (one === null ? null : String(one))));
	if (typeof value !== 'object') return new Set([String(value)]);
	if (!('values' in value)) return new Set();
	return new Set([...value.values.map(String), ...(value.includeNull ? [null] : [])]);
}

/** The value of a choice; an empty one is no filter. */
export function valueOfChoice(choice: Choice): FilterValue {
	if (choice.size === 0) return null;
	const values = [...choice].filter((one) => one !== null);
	return choice.has(null) ? { values, includeNull: true } : values;
}

export interface Days {
	relative: RelativeRange | null;
	start: string | null;
	end: string | null;
}

export function daysOf(value: FilterValue): Days {
	const none = { relative: null, start: null, end: null };
	if (value === null || typeof value !== 'object' || Array.isArray(value) || 'values' in value) return none;
	if ('relative' in value) return { ...none, relative: value.relative };
	return { relative: null, start: value.start ?? null, end: value.end ?? null };
}

/** The days a relative range stands for today: `23 Oct – 21 Nov`. */
export function spanOfRange(range: RelativeRange, today: string): string {
	const { start, end } = resolveRelative(range, today);
	return start && end ? span(start, end, today) : '';
}

/** What a chip says: the choice in words, or null when the filter is unused; for relative days the days they stand for. */
export function summaryOf(given: { filter: FilterDefinition; value: FilterValue; today: string }): {
	value: string | null;
	detail?: string;
} {
	return given.filter.type === 'category'
		? { value: choiceInWords(choiceOf(given.value)) }
		: daysInWords(daysOf(given.value), given.today);
}

function choiceInWords(choice: Choice): string | null {
	if (choice.size === 0) return null;
	const names = [...choice].map((one) => one ?? m.dash_filter_empty());
	return names.length <= NAMED ? names.join(', ') : m.dash_filter_many({ count: format().number(names.length) });
}

function daysInWords({ relative, start, end }: Days, today: string): { value: string | null; detail?: string } {
	if (relative) return { value: rangeNames[relative](), detail: spanOfRange(relative, today) };
	if (start && end) return { value: span(start, end, today) };
	if (start) return { value: m.dash_filter_since({ day: format().day(start) }) };
	if (end) return { value: m.dash_filter_until({ day: format().day(end) }) };
	return { value: null };
}

function span(start: string, end: string, today: string): string {
	return start === end ? format().day(start) : format().days(start, end, today);
}
