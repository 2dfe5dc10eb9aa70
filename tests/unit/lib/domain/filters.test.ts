import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	filterState,
	resolvedFilter,
	type FilterDefinition,
	type FilterState,
} from '../../../../src/lib/contracts/filter';
import { combine, resolvedRanges, resolveState } from '../../../../src/lib/domain/filters';

const today = '2026-11-21';
const definitions: FilterDefinition[] = [
	{ id: 'region', type: 'category', column: 'Region', label: 'Region', multiSelect: true },
	{ id: 'when', type: 'date_range', column: 'day', label: 'Date' },
];
const resolve = (state: FilterState) => resolveState({ definitions, state, today });
const filtersOf = (state: FilterState) => resolve(state).active.map((one) => one.filter);

describe('a filter state', () => {
	test('names filters by id, else by column', () => {
		expect(filtersOf({ region: 'APAC', product: 'A' })).toEqual([
			{ type: 'category', column: 'Region', values: ['APAC'], includeNull: false },
			{ type: 'category', column: 'product', values: ['A'], includeNull: false },
		]);
	});

	test('says the same in each form of a category', () => {
		const forms: FilterState[] = [
			{ region: 'A' },
			{ region: ['A'] },
			{ region: ['A', 'A'] },
			{ region: { values: ['A'] } },
		];
		for (const state of forms) expect(filtersOf(state)).toEqual(filtersOf({ region: 'A' }));
		expect(filtersOf({ region: ['B', null, 'A'] })).toEqual(
			filtersOf({ region: { values: ['A', 'B'], includeNull: true } }),
		);
		expect(filtersOf({ n: [1, true, -0] })).toEqual(filtersOf({ n: ['0', '1', 'true'] }));
	});

	test('null, empty lists and empty ranges are no filter, but nulls alone are one', () => {
		expect(resolve({ region: null, product: [], when: {}, day: { start: null } }).active).toEqual([]);
		expect(resolve({ region: {}, when: [] }).invalid).toEqual({});
		expect(filtersOf({ region: { values: [], includeNull: true } })).toEqual([
			{ type: 'category', column: 'Region', values: [], includeNull: true },
		]);
	});

	test('resolves relative ranges on the given day and keeps open ends open', () => {
		const { active } = resolve({ when: { relative: 'last-7d' }, other: { start: '2026-01-01' } });
		expect(resolvedRanges(active)).toEqual({
			when: { start: '2026-11-15', end: '2026-11-21' },
			other: { start: '2026-01-01', end: null },
		});
	});

	test('a value of the other kind is refused by the key it came with', () => {
		const { invalid } = resolve({ region: { start: '2026-01-01' }, when: ['2026-01-01'], product: '\ud800' });
		expect(Object.keys(invalid).sort()).toEqual(['product', 'region', 'when']);
		expect(invalid['when']).toContain('YYYY-MM-DD');
		expect(resolve({ when: { start: '0000-01-01' } }).invalid['when']).toContain('between');
	});

	test.each([
		{ region: { values: 'A' } },
		{ region: { value: ['A'] } },
		{ when: { start: '2026-02-30' } },
		{ when: { start: '2026-01-01', until: '2026-02-01' } },
		{ when: { relative: 'last-5d' } },
		{ region: [['A']] },
	])('the contract refuses a wrong shape or date: %j', (state) => {
		expect(filterState.safeParse(state).success).toBe(false);
	});
});

describe('joining filters', () => {
	test('two on one column narrow each other', () => {
		const both = filtersOf({ region: ['A', 'B', null], Region: ['B', 'C', null] });
		expect(combine(both)).toEqual([{ type: 'category', column: 'Region', values: ['B'], includeNull: true }]);
		const ranges = filtersOf({ when: { start: '2026-01-01', end: '2026-06-30' }, day: { start: '2026-03-01' } });
		expect(combine(ranges)).toEqual([{ type: 'date_range', column: 'day', start: '2026-03-01', end: '2026-06-30' }]);
	});

	test('contradicting filters are kept as one that matches nothing', () => {
		expect(combine(filtersOf({ region: 'A', Region: 'B' }))).toEqual([
			{ type: 'category', column: 'Region', values: [], includeNull: false },
		]);
	});

	const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
	const anyState = fc.dictionary(
		fc.constantFrom('region', 'when', 'Region', 'day', 'x'),
		fc.oneof(
			value,
			fc.constant(null),
			fc.array(fc.option(value)),
			fc.record({ values: fc.array(value), includeNull: fc.boolean() }),
			fc.record({ relative: fc.constantFrom('last-7d', 'this-year') }),
			fc.record({ start: fc.constantFrom('2026-01-01', '2026-03-01'), end: fc.constantFrom(null, '2026-02-01') }),
		),
	) as fc.Arbitrary<FilterState>;

	test('does not depend on the order of keys or values, and is well-formed', () => {
		fc.assert(
			fc.property(anyState, (state) => {
				const reversed = Object.fromEntries(
					Object.entries(state)
						.reverse()
						.map(([key, v]) => [key, Array.isArray(v) ? [...v].reverse() : v]),
				);
				const joined = combine(filtersOf(state));
				expect(combine(filtersOf(reversed))).toEqual(joined);
				expect(combine([...joined, ...joined])).toEqual(joined);
				for (const filter of joined) resolvedFilter.parse(filter);
			}),
		);
	});
});
