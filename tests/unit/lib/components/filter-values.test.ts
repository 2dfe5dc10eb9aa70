import { expect, test } from 'vitest';
import { choiceOf, daysOf, summaryOf, valueOfChoice } from '$lib/components/dashboard/filter-values';
import type { FilterDefinition } from '$lib/contracts/filter';

const region: FilterDefinition = { id: 'region', type: 'category', column: 'region', label: 'Region' };
const date: FilterDefinition = { id: 'date', type: 'date_range', column: 'day', label: 'Date' };
const today = '2026-11-21';

test('a choice and the value it stands for become each other, rows without a value included', () => {
	for (const value of [
		null,
		['APAC'],
		['APAC', 'EMEA'],
		{ values: [], includeNull: true },
		{ values: ['APAC'], includeNull: true },
	]) {
		expect(valueOfChoice(choiceOf(value))).toEqual(value);
	}
	expect(valueOfChoice(choiceOf(['APAC', null]))).toEqual({ values: ['APAC'], includeNull: true });
});

test('a chip names up to three values and counts more', () => {
	const say = (value: string[]) => summaryOf({ filter: region, value, today }).value;
	expect(say(['APAC', 'EMEA'])).toBe('APAC, EMEA');
	expect(say(['1', '2', '3', '4'])).toBe('4 values');
	expect(summaryOf({ filter: region, value: null, today })).toEqual({ value: null });
});

test('a chip of a relative range shows the days it stands for', () => {
	const relative = summaryOf({ filter: date, value: { relative: 'last-30d' }, today });
	expect(relative.value).toBe('Last 30 days');
	expect(relative.detail).toMatch(/^23 Oct\s–\s21 Nov$/);
	expect(summaryOf({ filter: date, value: { start: '2025-12-30' }, today }).value).toBe('since 30 Dec 2025');
	expect(daysOf({ values: ['x'] })).toEqual({ relative: null, start: null, end: null });
});
