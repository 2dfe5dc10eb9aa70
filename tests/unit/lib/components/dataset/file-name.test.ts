import { expect, test } from 'vitest';
import { nameOfFile } from '$lib/components/dataset/file-name';

test.each([
	['flights-2026-10.csv', 'flights_2026_10'],
	['sales (final).csv.gz', 'sales_final'],
	['売上 2026.csv', '売上_2026'],
	['.csv', 'dataset'],
	['README', 'README'],
])('%s suggests the name %s', (file, name) => {
	expect(nameOfFile(file)).toBe(name);
});
