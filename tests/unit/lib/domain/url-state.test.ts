import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterState, type FilterState } from '../../../../src/lib/contracts/filter';
import { RELATIVE_RANGES } from '../../../../src/lib/domain/relative-dates';
import {
	addressFor,
	asInAddress,
	chosenView,
	readState,
	sameState,
	stateOf,
	writeState,
} from '../../../../src/lib/domain/url-state';

const definitions = [
	{ id: 'region', type: 'category' },
	{ id: 'date', type: 'date_range' },
] as const;
const read = (query: string) => readState(new URLSearchParams(query), definitions);
const write = (state: FilterState, query = '') => writeState(new URLSearchParams(query), definitions, state).toString();

describe('the query string of a dashboard', () => {
	test('holds a category as repeated values and its nulls as a flag', () => {
		expect(read('f.region=APAC&f.region=EMEA')).toEqual({ region: ['APAC', 'EMEA'] });
		expect(read('f.region=APAC&f.region.null=1')).toEqual({ region: { values: ['APAC'], includeNull: true } });
		expect(write({ region: ['APAC', null] })).toBe('f.region=APAC&f.region.null=1');
		expect(write({ region: 'APAC' })).toBe('f.region=APAC');
	});

	test('holds a range as days or as a relative name', () => {
		expect(read('f.date=last-30d')).toEqual({ date: { relative: 'last-30d' } });
		expect(read('f.date=2024-01-01..2024-01-31')).toEqual({ date: { start: '2024-01-01', end: '2024-01-31' } });
		expect(read('f.date=..2024-01-31')).toEqual({ date: { end: '2024-01-31' } });
		expect(write({ date: { start: '2024-01-01' } })).toBe('f.date=2024-01-01..');
	});

	test('a plain form without scripts says the same', () => {
		expect(read('f.region=&f.date.start=2024-01-01&f.date.end=')).toEqual({ date: { start: '2024-01-01' } });
	});

	test('what cannot be read is not set, and other parameters stay', () => {
		expect(read('f.date=2024-02-30..x&f.other=1&f.date.null=1')).toEqual({});
		expect(write({ region: 'A' }, 'kiosk=5&f.region=B&f.date=today')).toBe('kiosk=5&f.region=A');
		expect(write({}, 'f.region=B')).toBe('');
	});

	test('that says nothing about filters opens with the default view, and any word about them with what it says', () => {
		const opening = { filterViewId: 'fv_default', filterState: { region: ['EMEA', 7], gone: 'x', date: ['no range'] } };
		const open = (query: string) => {
			const params = new URLSearchParams(query);
			return [stateOf(params, definitions, opening), chosenView(params, opening)];
		};
		expect(open('')).toEqual([{ region: ['EMEA', '7'] }, 'fv_default']);
		expect(open('card=card_1&render=wait')).toEqual([{ region: ['EMEA', '7'] }, 'fv_default']);
		expect(open('view=none')).toEqual([{}, null]);
		expect(open('view=fv_default')).toEqual([{}, 'fv_default']);
		expect(open('view=fv_other&f.region=APAC')).toEqual([{ region: ['APAC'] }, 'fv_other']);
		expect(open('f.region=APAC')).toEqual([{ region: ['APAC'] }, null]);
		expect(open('f.region=&f.date=')).toEqual([{}, null]);
		expect(stateOf(new URLSearchParams(), definitions, null)).toEqual({});
		expect(chosenView(new URLSearchParams(), null)).toBeNull();
	});

	test('says where a state was chosen from only where that is not plain', () => {
		const opening = { filterViewId: 'fv_default', filterState: { region: 'EMEA' } };
		const address = (state: FilterState, chosen: string | null, open: typeof opening | null = opening) =>
			addressFor(new URLSearchParams('view=fv_old&f.region=X'), definitions, {
				state,
				chosen,
				opening: open,
			}).toString();
		expect(address({ region: 'APAC' }, 'fv_other')).toBe('view=fv_other&f.region=APAC');
		expect(address({ region: 'APAC' }, null)).toBe('f.region=APAC');
		expect(address({}, 'fv_default')).toBe('view=fv_default');
		expect(address({}, null)).toBe('view=none');
		expect(address({}, null, null)).toBe('');
	});

	test('tells states apart by what they filter, not by how they are written', () => {
		const same = (one: FilterState, other: FilterState) => sameState(one, other, definitions);
		expect(same({ region: ['A', 'B'] }, { date: null, region: { values: ['B', 'A'] }, gone: 'x' })).toBe(true);
		expect(same({ region: 'A' }, { region: ['A', null] })).toBe(false);
		expect(same({ region: 'A' }, {})).toBe(false);
	});

	const category = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1 });
	const dayText = fc
		.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
		.map((date) => date.toISOString().slice(0, 10));
	const state = fc.record(
		{
			region: fc.oneof(category, fc.record({ values: category, includeNull: fc.constant(true) })),
			date: fc.oneof(
				fc.constantFrom(...RELATIVE_RANGES).map((relative) => ({ relative })),
				fc.record({ start: dayText, end: dayText }, { requiredKeys: ['start'] }),
			),
		},
		{ requiredKeys: [] },
	);

	test('any state comes back as it went, in the shape of the contract', () => {
		fc.assert(
			fc.property(state, (one) => {
				const back = read(write(one as FilterState));
				expect(back).toEqual(one);
				filterState.parse(back);
			}),
		);
	});

	test('any state and view come back from an address, whatever the dashboard opens with', () => {
		const opening = { filterViewId: 'fv_default', filterState: { region: 'EMEA' } };
		const chosen = fc.constantFrom('fv_default', 'fv_other', null);
		fc.assert(
			fc.property(state, chosen, fc.constantFrom(opening, null), (one, from, open) => {
				const wanted = { state: one as FilterState, chosen: from, opening: open };
				const params = addressFor(new URLSearchParams('card=x'), definitions, wanted);
				expect(stateOf(params, definitions, open)).toEqual(asInAddress(wanted.state, definitions));
				expect(chosenView(params, open)).toBe(from);
			}),
		);
	});

	test('any query string can be read', () => {
		fc.assert(fc.property(fc.string(), (tail) => void filterState.parse(read(`f.date=${tail}&f.region=${tail}`))));
	});
});
