// A filter's value as its control shows it: the choices of a category, the days of a range. Pure.
import type { FilterValue, RelativeRange } from '$lib/contracts/filter';

/** What is ticked. `null` among the values stands for rows without one. */
export type Choice = ReadonlySet<string | null>;

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
