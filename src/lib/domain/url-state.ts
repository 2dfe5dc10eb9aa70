// Filter state ↔ query string of a dashboard page. Pure and small: the viewer's page carries it, so no zod here.
//   f.<id>=<value>, repeated   a category's values        f.<id>.null=1       rows without a value too
//   f.<id>=last-30d            a relative range           f.<id>=2024-01-01..2024-01-31, either side may be left out
//   f.<id>.start=, f.<id>.end= the same range, as a plain form sends it
//   view=fv_…                  the filter view that the state was chosen from; the state itself is always spelled out
//   view=none                  from none, so that no filter at all can be said where a dashboard has a default view
// Only an address without any of these opens with the default view.
import type { FilterDefinition, FilterState, FilterValue } from '../contracts/filter';
import { isRelativeRange } from './relative-dates';

type Definition = Pick<FilterDefinition, 'id' | 'type'>;

/** Reads the state of the given filters; what is absent, empty or unreadable is not set. */
export function readState(params: URLSearchParams, definitions: readonly Definition[]): FilterState {
	const state: FilterState = {};
	for (const { id, type } of definitions) {
		const value = type === 'category' ? readCategory(params, id) : readRange(params, id);
		if (value !== null) state[id] = value;
	}
	return state;
}

/** What addresses say that were chosen from no filter view. */
export const NO_VIEW = 'none';

interface Opening {
	filterViewId: string;
	filterState: FilterState;
}

/**
 * The state that an address stands for. One that says nothing about filters opens with the dashboard's default view, as far as
 * that suits the filters that there are.
 */
export function stateOf(
	params: URLSearchParams,
	definitions: readonly Definition[],
	opening: Opening | null,
): FilterState {
	return opening && !params.has('view') && !saysFilters(params)
		? asInAddress(opening.filterState, definitions)
		: readState(params, definitions);
}

/** A state as an address would give it back: canonical, and without what suits no filter. */
export function asInAddress(state: FilterState, definitions: readonly Definition[]): FilterState {
	return readState(writeState(new URLSearchParams(), definitions, state), definitions);
}

/** The filter view that an address was chosen from, whether the state is still its own or not; null: from none. */
export function chosenView(params: URLSearchParams, opening: Pick<Opening, 'filterViewId'> | null): string | null {
	const chosen = params.get('view') ?? (saysFilters(params) ? null : (opening?.filterViewId ?? null));
	return chosen === NO_VIEW ? null : chosen;
}

/** Writes a state and the view it was chosen from into a copy of `params`, so that they are read back whatever the dashboard opens with. */
export function addressFor(
	params: URLSearchParams,
	definitions: readonly Definition[],
	{ state, chosen, opening }: { state: FilterState; chosen: string | null; opening: Opening | null },
): URLSearchParams {
	const written = writeState(params, definitions, state);
	if (chosen !== null) written.set('view', chosen);
	else if (opening && !saysFilters(written)) written.set('view', NO_VIEW);
	else written.delete('view');
	return written;
}

/** Whether two states filter alike, in whatever order and form their values stand. */
export function sameState(one: FilterState, other: FilterState, definitions: readonly Definition[]): boolean {
	const [left, right] = [one, other].map((state) =>
		[...writeState(new URLSearchParams(), definitions, state)]
			.map((pair) => JSON.stringify(pair))
			.sort()
			.join(),
	);
	return left === right;
}

const isFilter = (name: string) => name.startsWith('f.');
const saysFilters = (params: URLSearchParams) => [...params.keys()].some(isFilter);

/** Writes a state into a copy of `params`; everything there that is no filter stays. */
export function writeState(
	params: URLSearchParams,
	definitions: readonly Definition[],
	state: FilterState,
): URLSearchParams {
	const kept = [...params].filter(([name]) => !isFilter(name));
	const written = new URLSearchParams(kept);
	for (const { id, type } of definitions) {
		const value = state[id] ?? null;
		if (value === null) continue;
		if (type === 'category') writeCategory(written, id, value);
		else writeRange(written, id, value);
	}
	return written;
}

function readCategory(params: URLSearchParams, id: string): FilterValue {
	const values = params.getAll(`f.${id}`).filter((value) => value !== '');
	const includeNull = params.get(`f.${id}.null`) === '1';
	if (includeNull) return { values, includeNull };
	return values.length > 0 ? values : null;
}

function readRange(params: URLSearchParams, id: string): FilterValue {
	const text = params.get(`f.${id}`) ?? '';
	if (isRelativeRange(text)) return { relative: text };
	const [start, end] = text.includes('..')
		? text.split('..', 2)
		: [params.get(`f.${id}.start`), params.get(`f.${id}.end`)];
	return days(day(start), day(end));
}

function days(start: string | null, end: string | null): FilterValue {
	if (start === null && end === null) return null;
	return { ...(start !== null && { start }), ...(end !== null && { end }) };
}

/** A real day of the calendar, or null. */
function day(text: string | null | undefined): string | null {
	if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
	const time = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : null;
}

function writeCategory(params: URLSearchParams, id: string, value: NonNullable<FilterValue>): void {
	const values = Array.isArray(value)
		? value
		: typeof value === 'object'
			? 'values' in value
				? value.values
				: []
			: [value];
	for (const one of values) if (one !== null && one !== '') params.append(`f.${id}`, String(one));
	const withNull = Array.isArray(value)
		? value.includes(null)
		: typeof value === 'object' && 'values' in value && value.includeNull;
	if (withNull) params.set(`f.${id}.null`, '1');
}

function writeRange(params: URLSearchParams, id: string, value: NonNullable<FilterValue>): void {
	if (typeof value !== 'object' || Array.isArray(value)) return;
	if ('relative' in value) params.set(`f.${id}`, value.relative);
	else if ('start' in value || 'end' in value) {
		params.set(`f.${id}`, `${value.start ?? ''}..${value.end ?? ''}`);
	}
}
