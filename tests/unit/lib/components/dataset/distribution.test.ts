import { describe, expect, test } from 'vitest';
import { distributionOf } from '$lib/components/dataset/distribution';

const counted = (values: [string | number | boolean, number][], truncated = false) => ({
	column: 'c',
	values: values.map(([value, count]) => ({ value, count })),
	nullCount: 0,
	truncated,
});

describe('the distribution of a column', () => {
	test('of text names the most frequent with their share', () => {
		const found = distributionOf(
			'string',
			counted([
				['a', 1],
				['b', 5],
				['c', 4],
			]),
		);
		expect(found).toEqual({
			kind: 'shares',
			parts: [
				{ value: 'b', share: 0.5 },
				{ value: 'c', share: 0.4 },
				{ value: 'a', share: 0.1 },
			],
		});
	});

	test('of numbers is a histogram from the least to the greatest', () => {
		const found = distributionOf(
			'int64',
			counted([
				[0, 2],
				[1, 4],
				[10, 1],
			]),
		);
		expect(found).toEqual({ kind: 'histogram', heights: [1, 0, 1 / 6], from: 0, to: 10 });
	});

	test('of days and of integers beyond 2^53 stands on their axis', () => {
		const days = distributionOf(
			'date',
			counted([
				['2026-01-01', 1],
				['2026-01-02', 1],
				['2026-12-31', 2],
			]),
		);
		expect(days).toMatchObject({ kind: 'histogram', heights: [1, 0, 1] });
		const large = distributionOf(
			'int64',
			counted([
				['9007199254740993', 1],
				['9107199254740993', 1],
			]),
		);
		expect(large).toMatchObject({ kind: 'histogram', heights: [1, 1] });
	});

	test('is not drawn from a part of the values, nor from none', () => {
		expect(distributionOf('int64', counted([[1, 2]], true))).toBeNull();
		expect(distributionOf('string', counted([]))).toBeNull();
	});
});
