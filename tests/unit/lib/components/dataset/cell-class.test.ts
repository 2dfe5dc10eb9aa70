import { describe, expect, test } from 'vitest';
import { cellClass, groupedNumber, misfits } from '$lib/components/dataset/cell-class';

describe('the class of a cell', () => {
	test.each([
		['', null],
		['N/A', null],
		['0', 'int'],
		['-12', 'int'],
		['007', 'text'],
		['+5', 'text'],
		['9007199254740993', 'bigint'],
		['99999999999999999999', 'text'],
		['-0', 'float'],
		['.5', 'float'],
		['1.5E10', 'float'],
		['1e+05', 'float'],
		['12E4', 'text'],
		['Yes', 'bool'],
		['2026-02-29', 'text'],
		['2024-02-29', 'date'],
		['2026/1/2', 'date'],
		['2026年1月2日', 'date'],
		['2026-01-02 05:06', 'wall'],
		['2026-01-02T05:06:07.123', 'wall'],
		['2026-01-02T25:06', 'text'],
		['2026-01-02T05:06Z', 'instant'],
		['2026-01-02T05:06+09:00', 'instant'],
		[' 12\t', 'int'],
		['２４', 'text'],
	])('%j is %s', (text, expected) => {
		expect(cellClass(text)).toBe(expected);
	});
});

describe('cells that do not fit a type', () => {
	test('are counted, empty ones left out', () => {
		expect(misfits(['1', '2.5', null, '', 'x'], 'int64')).toBe(2);
		expect(misfits(['1', '2.5', null, '', 'x'], 'float64')).toBe(1);
		expect(misfits(['1', 'x', '2026-01-01'], 'string')).toBe(0);
		expect(misfits(['2026-01-01', '2026-01-01 10:00'], 'datetime')).toBe(0);
		expect(misfits(['2026-01-01', '2026-01-01 10:00'], 'date')).toBe(1);
	});

	test('a whole number that is shown as a float counts as whole', () => {
		expect(misfits(['2.0', '3.5'], 'int64')).toBe(1);
	});
});

describe('a column of numbers with thousands separators', () => {
	test('is told by the first of them', () => {
		expect(groupedNumber(['7', null, '61,718', '-1,234,567.5', ''])).toBe('61,718');
	});

	test.each([[['7', '8']], [['61,718', 'about 7']], [['1,2']], [['0,123']], [['12,3456']], [[]]])(
		'is none of %j',
		(cells: string[]) => {
			expect(groupedNumber(cells)).toBeNull();
		},
	);
});
