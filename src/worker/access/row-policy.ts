// Which rows of a dataset somebody sees, as filters that hold before any other: part of the key of what is made from them. Pure.
import * as z from 'zod';
import type { ResolvedFilter } from '$lib/contracts/filter';
import { compareText } from '$lib/domain/filters';
import type { Asker } from './policy';

const rule = z.object({ values: z.array(z.string()), includeNull: z.boolean() });

/** As a dataset's item holds them: rules by principal, `user:…` or `group:…`, their values in canonical text. */
export const storedRowPolicies = z.array(z.object({ column: z.string(), rules: z.record(z.string(), rule) }));
export type StoredRowPolicies = z.infer<typeof storedRowPolicies>;

/** Leaves rows by the values of one column. */
export type RowFilter = Extract<ResolvedFilter, { type: 'category' }>;

export interface GuardedDataset {
	ownerId: string;
	schema: readonly { name: string }[];
	rowPolicies: StoredRowPolicies;
}

/**
 * Filters that leave the rows that this person may see; all rows without any. Null when that cannot be told, because a policy's
 * column is gone: then there is nothing to show.
 */
export function rowFiltersOf(dataset: GuardedDataset, asker: Asker): RowFilter[] | null {
	if (dataset.rowPolicies.length === 0 || seesAllRows(dataset, asker)) return [];
	const columns = new Set(dataset.schema.map(({ name }) => name));
	if (!dataset.rowPolicies.every(({ column }) => columns.has(column))) return null;
	const principals = [`user:${asker.userId}`, ...asker.groupIds.map((groupId) => `group:${groupId}`)];
	return dataset.rowPolicies.map(({ column, rules }) => {
		const mine = principals.flatMap((principal) => rules[principal] ?? []);
		const values = [...new Set(mine.flatMap((one) => one.values))].sort(compareText);
		return { type: 'category', column, values, includeNull: mine.some((one) => one.includeNull) };
	});
}

/** Whoever may change the policies need not be kept from rows. */
export function seesAllRows({ ownerId }: Pick<GuardedDataset, 'ownerId'>, asker: Asker): boolean {
	return asker.userId === ownerId || asker.role === 'admin';
}
