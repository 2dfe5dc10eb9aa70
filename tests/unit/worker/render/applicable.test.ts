import { describe, expect, test } from 'vitest';
import { resolveState } from '../../../../src/lib/domain/filters';
import { applicable } from '../../../../src/worker/render/applicable';

const { active } = resolveState({
	definitions: [
		{ id: 'region', type: 'category', column: 'Region', label: 'Region' },
		{ id: 'when', type: 'date_range', column: 'day', label: 'Date' },
	],
	state: { region: ['A'], when: { start: '2024-01-01' }, product: 'x' },
	today: '2026-11-21',
});
const columns = new Set(['Region', 'day', 'amount']);
const columnsOf = (declared: string[] | null) =>
	applicable(active, { columns, declared }).filters.map((filter) => filter.column);

describe('the filters of a card', () => {
	test('are all whose column its data has, unless it declares fewer', () => {
		expect(columnsOf(null)).toEqual(['Region', 'day']);
		expect(columnsOf(['region'])).toEqual(['Region']);
		expect(columnsOf(['day'])).toEqual(['day']);
		expect(columnsOf([])).toEqual([]);
	});

	test('a declared filter on a column the data lacks does not apply', () => {
		expect(columnsOf(['product', 'Region'])).toEqual(['Region']);
	});

	test('the card knows the others by their labels', () => {
		expect(applicable(active, { columns, declared: ['region'] }).ignores).toEqual(['Date', 'product']);
	});
});
