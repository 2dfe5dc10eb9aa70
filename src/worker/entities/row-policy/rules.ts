// Row policies: which rows of a dataset somebody sees, as filters that hold before any other, and what a policy may say. Pure.
import * as z from 'zod';
import type { Column, ColumnType } from '$lib/contracts/dataset';
import type { ResolvedFilter } from '$lib/contracts/filter';
import type { RowPolicy, RowRule } from '$lib/contracts/row-policy';
import type { Role } from '$lib/contracts/user';
import { compareText } from '$lib/domain/filters';

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

/** Whose rows they are. */
export interface RowViewer {
	userId: string;
	role: Role;
	groupIds: readonly string[];
}

/**
 * Filters that leave the rows that this person may see; all rows without any. Null when that cannot be told, because a policy's
 * column is gone: then there is nothing to show. Whoever made the dataset and admins see all rows: they may change the policies.
 */
export function rowFiltersOf(dataset: GuardedDataset, viewer: RowViewer): RowFilter[] | null {
	const { schema, rowPolicies } = dataset;
	if (!isLimited(dataset, viewer)) return [];
	const columns = new Set(schema.map(({ name }) => name));
	if (!rowPolicies.every(({ column }) => columns.has(column))) return null;
	const principals = [`user:${viewer.userId}`, ...viewer.groupIds.map((groupId) => `group:${groupId}`)];
	return rowPolicies.map(({ column, rules }) => {
		const mine = principals.flatMap((principal) => rules[principal] ?? []);
		const values = [...new Set(mine.flatMap((one) => one.values))].sort(compareText);
		return { type: 'category', column, values, includeNull: mine.some((one) => one.includeNull) };
	});
}

/** Whether policies decide which rows this person sees: how many there are otherwise is not theirs to know either. */
export function isLimited({ ownerId, rowPolicies }: Omit<GuardedDataset, 'schema'>, viewer: RowViewer): boolean {
	return rowPolicies.length > 0 && viewer.userId !== ownerId && viewer.role !== 'admin';
}

/** Types whose values have one spelling each, so that every reader of the data compares them alike. */
const SPELLINGS: Partial<Record<ColumnType, { pattern: RegExp; inWords: string }>> = {
	string: { pattern: /^/, inWords: 'a text' },
	int64: { pattern: /^-?(0|[1-9]\d*)$/, inWords: 'a whole number' },
	bool: { pattern: /^(true|false)$/, inWords: 'true or false' },
	date: { pattern: /^\d{4}-\d{2}-\d{2}$/, inWords: 'a day as YYYY-MM-DD' },
};

/** Characters: they stand on the dataset's item, which every view of its cards reads. */
const MAX_JSON = 64 * 1024;

/** What is wrong with policies on a table of these columns, by dotted path; empty when nothing is. */
export function problemsOf(policies: readonly RowPolicy[], columns: readonly Column[]): Record<string, string> {
	const problems: Record<string, string> = {};
	const seen = new Set<string>();
	if (JSON.stringify(policies).length > MAX_JSON) problems.policies = 'must be at most 64 KB';
	policies.forEach(({ column: name, rules }, position) => {
		const path = `policies.${position}`;
		const type = columns.find((one) => one.name === name)?.type;
		if (!type) problems[`${path}.column`] = 'is no column of this dataset';
		else if (seen.has(name)) problems[`${path}.column`] = 'has a policy already';
		else if (!SPELLINGS[type])
			problems[`${path}.column`] = `is ${type}; text, int64, bool and date columns can be used`;
		else rules.forEach((one, at) => Object.assign(problems, problemsOfRule(one, type, `${path}.rules.${at}`)));
		seen.add(name);
	});
	return problems;
}

function problemsOfRule({ values, includeNull }: RowRule, type: ColumnType, path: string): Record<string, string> {
	if (values.length === 0 && !includeNull) return { [`${path}.values`]: 'names no rows' };
	const { pattern, inWords } = SPELLINGS[type]!;
	const wrong = values.findIndex((value) => !pattern.test(String(value)));
	return wrong < 0 ? {} : { [`${path}.values.${wrong}`]: `must be ${inWords}` };
}

function principalOf({ principalType, principalId }: Pick<RowRule, 'principalType' | 'principalId'>): string {
	return `${principalType}:${principalId}`;
}

/** As the dataset keeps them: one rule a principal, values canonical and sorted. */
export function toStored(policies: readonly RowPolicy[]): StoredRowPolicies {
	return policies.map(({ column, rules }) => {
		const stored: StoredRowPolicies[number]['rules'] = {};
		for (const one of rules) {
			const before = stored[principalOf(one)] ?? { values: [], includeNull: false };
			const values = [...new Set([...before.values, ...one.values.map(String)])].sort(compareText);
			stored[principalOf(one)] = { values, includeNull: before.includeNull || one.includeNull };
		}
		return { column, rules: stored };
	});
}

/** As people see them, in the order in which they were given. */
export function fromStored(policies: StoredRowPolicies): RowPolicy[] {
	return policies.map(({ column, rules }) => ({
		column,
		rules: Object.entries(rules).map(([principal, { values, includeNull }]) => {
			const [principalType, principalId] = principal.split(':', 2) as [RowRule['principalType'], string];
			return { principalType, principalId, values, includeNull };
		}),
	}));
}
