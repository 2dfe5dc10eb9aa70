import { expect, test } from 'vitest';
import { starterCode, type StarterInput } from '$lib/domain/transform-starter';

const orders: StarterInput = {
	alias: 'Orders 2024',
	columns: [
		{ name: 'region', type: 'string' },
		{ name: 'amount', type: 'float64' },
	],
	rows: [
		['North', 1],
		['South', 2],
		['North', 3],
	],
};
const regions: StarterInput = {
	alias: 'regions',
	columns: [
		{ name: 'region', type: 'string' },
		{ name: 'amount', type: 'float64' },
	],
	rows: [],
};

test('one input is summed up by what repeats in it', () => {
	expect(starterCode([orders])).toContain(`    orders_2024 = inputs["Orders 2024"]
    groups = orders_2024.groupby("region", dropna=False)
    return groups["amount"].agg(["count", "mean", "max"]).reset_index()
`);
});

test('several inputs are put side by side by a column that they share, without two columns of one name', () => {
	expect(starterCode([orders, regions])).toContain(`    orders_2024 = inputs["Orders 2024"]
    regions = inputs["regions"]
    table = orders_2024
    table = table.merge(regions.drop_duplicates("region"), on="region", how="left", suffixes=("", "_regions"))
    return table
`);
});

test('names of variables are names in Python, and no words of it', () => {
	const named = (alias: string) => /^ {4}(\S+) = /m.exec(starterCode([{ ...orders, alias }]))?.[1];
	expect(named('2024')).toBe('table_2024');
	expect(named('class')).toBe('class_');
	expect(named('inputs')).toBe('inputs_');
	expect(named('売上 明細')).toBe('売上_明細');
	expect(named('"; import os')).toBe('import_os');
	expect(named('!')).toBe('table_');
});

test('names are quoted as Python reads them', () => {
	expect(starterCode([{ ...orders, alias: 'a "b" \\ c' }])).toContain('inputs["a \\"b\\" \\\\ c"]');
});
