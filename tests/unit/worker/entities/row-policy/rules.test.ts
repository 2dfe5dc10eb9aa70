import { describe, expect, test } from 'vitest';
import type { Column } from '$lib/contracts/dataset';
import { fromStored, problemsOf, toStored } from '../../../../../src/worker/entities/row-policy/rules';

const columns = [
	{ name: 'region', type: 'string' },
	{ name: 'n', type: 'int64' },
	{ name: 'price', type: 'float64' },
	{ name: 'day', type: 'date' },
].map((one) => ({ ...one, nullable: true, zoned: false }) as Column);
const rule = (principalId: string, values: (string | number)[], includeNull = false) => ({
	principalType: 'user' as const,
	principalId,
	values,
	includeNull,
});

describe('a row policy', () => {
	test('is on a column of the dataset whose values have one spelling, and only one is', () => {
		expect(problemsOf([{ column: 'gone', rules: [] }], columns)).toEqual({
			'policies.0.column': 'is no column of this dataset',
		});
		expect(problemsOf([{ column: 'price', rules: [] }], columns)['policies.0.column']).toContain('is float64');
		const twice = [
			{ column: 'region', rules: [] },
			{ column: 'region', rules: [] },
		];
		expect(problemsOf(twice, columns)).toEqual({ 'policies.1.column': 'has a policy already' });
	});

	test('names rows, in values of the column’s type', () => {
		expect(problemsOf([{ column: 'n', rules: [rule('u', [5, '-7'])] }], columns)).toEqual({});
		expect(problemsOf([{ column: 'n', rules: [rule('u', ['5', '05'])] }], columns)).toEqual({
			'policies.0.rules.0.values.1': 'must be a whole number',
		});
		expect(problemsOf([{ column: 'day', rules: [rule('u', ['1 May'])] }], columns)).toEqual({
			'policies.0.rules.0.values.0': 'must be a day as YYYY-MM-DD',
		});
		expect(problemsOf([{ column: 'region', rules: [rule('u', [])] }], columns)).toEqual({
			'policies.0.rules.0.values': 'names no rows',
		});
		expect(problemsOf([{ column: 'region', rules: [rule('u', [], true)] }], columns)).toEqual({});
	});

	test('is kept with one rule for each person and comes back', () => {
		const stored = toStored([{ column: 'n', rules: [rule('u', [7, 5]), rule('u', ['5'], true), rule('v', [1])] }]);
		expect(fromStored(stored)).toEqual([{ column: 'n', rules: [rule('u', ['5', '7'], true), rule('v', ['1'])] }]);
	});
});
