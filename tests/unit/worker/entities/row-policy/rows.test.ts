import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { rowFiltersOf, type GuardedDataset, type RowViewer } from '../../../../../src/worker/entities/row-policy/rules';
import { renderKey } from '../../../../../src/worker/render/key';

const asker = (userId: string, groupIds: string[] = [], role: RowViewer['role'] = 'user'): RowViewer => ({
	userId,
	role,
	groupIds,
});
const sales: GuardedDataset = {
	ownerId: 'ada',
	schema: [{ name: 'region' }, { name: 'tier' }],
	rowPolicies: [
		{
			column: 'region',
			rules: {
				'group:emea': { values: ['DE', 'FR'], includeNull: false },
				'group:apac': { values: ['JP'], includeNull: true },
				'user:vera': { values: ['DE', 'US'], includeNull: false },
			},
		},
	],
};

describe('the rows that somebody sees', () => {
	test('are all for the creator and for admins, and where there is no policy', () => {
		expect(rowFiltersOf(sales, asker('ada'))).toEqual([]);
		expect(rowFiltersOf(sales, asker('root', [], 'admin'))).toEqual([]);
		expect(rowFiltersOf({ ...sales, rowPolicies: [] }, asker('eve'))).toEqual([]);
	});

	test('are what any rule for them or their groups names', () => {
		const filters = rowFiltersOf(sales, asker('vera', ['apac', 'emea']));
		expect(filters).toEqual([
			{ type: 'category', column: 'region', values: ['DE', 'FR', 'JP', 'US'], includeNull: true },
		]);
	});

	test('are none for whom no rule names, and none for anybody when the column is gone', () => {
		expect(rowFiltersOf(sales, asker('eve', ['other']))).toEqual([
			{ type: 'category', column: 'region', values: [], includeNull: false },
		]);
		const changed = { ...sales, schema: [{ name: 'tier' }] };
		expect(rowFiltersOf(changed, asker('vera'))).toBeNull();
		expect(rowFiltersOf(changed, asker('ada'))).toEqual([]);
	});

	test('of several policies are those that every one leaves', () => {
		const two = { ...sales, rowPolicies: [...sales.rowPolicies, { column: 'tier', rules: {} }] };
		expect(rowFiltersOf(two, asker('vera'))?.map(({ column, values }) => [column, values.length])).toEqual([
			['region', 2],
			['tier', 0],
		]);
	});
});

describe('what is cached for one person', () => {
	const REGIONS = ['APAC', 'EMEA', 'LATAM', null];
	const TIERS = ['gold', 'basic', null];
	const PEOPLE = ['ada', 'vera', 'eve', 'ben'];
	const rows = REGIONS.flatMap((region) => TIERS.map((tier) => ({ region, tier })));
	const rule = (values: (string | null)[]) =>
		fc.record({
			values: fc.subarray(values.filter((value) => value !== null)),
			includeNull: fc.boolean(),
		});
	const policyOn = (column: 'region' | 'tier', values: (string | null)[]) =>
		fc.record({
			column: fc.constant(column),
			rules: fc.dictionary(fc.constantFrom('user:vera', 'user:eve', 'group:a', 'group:b'), rule(values)),
		});
	const policies = fc
		.tuple(fc.option(policyOn('region', REGIONS)), fc.option(policyOn('tier', TIERS)))
		.map((all) => all.filter((one) => one !== null));
	const groups = fc.dictionary(fc.constantFrom(...PEOPLE), fc.subarray(['a', 'b']));

	/** The rows somebody sees, worked out row by row and rule by rule. */
	function seen(rowPolicies: GuardedDataset['rowPolicies'], who: RowViewer): typeof rows {
		if (who.userId === 'ada') return rows;
		return rows.filter((row) =>
			rowPolicies.every(({ column, rules }) =>
				Object.entries(rules).some(([principal, { values, includeNull }]) => {
					const [type, id] = principal.split(':');
					const isMine = type === 'user' ? id === who.userId : who.groupIds.includes(id!);
					const value = row[column as 'region' | 'tier'];
					return isMine && (value === null ? includeNull : values.includes(value));
				}),
			),
		);
	}

	function filtered(filters: NonNullable<ReturnType<typeof rowFiltersOf>>): typeof rows {
		return rows.filter((row) =>
			filters.every(({ column, values, includeNull }) => {
				const value = row[column as 'region' | 'tier'];
				return value === null ? includeNull : values.includes(value);
			}),
		);
	}

	test('is found by another only if they see the same rows (10,000 random pairs)', async () => {
		const property = fc.asyncProperty(
			policies,
			groups,
			fc.constantFrom(...PEOPLE),
			fc.constantFrom(...PEOPLE),
			async (rowPolicies, groupsOf, one, other) => {
				const dataset = { ownerId: 'ada', schema: [{ name: 'region' }, { name: 'tier' }], rowPolicies };
				const made = await Promise.all(
					[one, other].map(async (name) => {
						const who = asker(name, groupsOf[name] ?? []);
						const filters = rowFiltersOf(dataset, who)!;
						expect(filtered(filters)).toEqual(seen(rowPolicies, who));
						const parts = { codeHash: 'c', versions: [], filters: [], zone: 'UTC', image: 'i' };
						const key = await renderKey({ ...parts, rows: filters.length > 0 ? { sales: filters } : {} });
						return { key, rows: JSON.stringify(seen(rowPolicies, who)) };
					}),
				);
				if (made[0]!.key === made[1]!.key) expect(made[0]!.rows).toBe(made[1]!.rows);
			},
		);
		await fc.assert(property, { numRuns: 10_000 });
	});
});
