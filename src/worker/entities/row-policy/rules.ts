// What a row policy may say, and how it is kept. Pure.
import { compareText } from '$lib/domain/filters';
import type { Column, ColumnType } from '$lib/contracts/dataset';
import type { RowPolicy, RowRule } from '$lib/contracts/row-policy';
import type { StoredRowPolicies } from '../../access/row-policy';

/** Types whose values have one spelling each, so that every reader of the data compares them alike. */
const SPELLINGS: Partial<Record<ColumnType, RegExp>> = {
	string: /^/,
	int64: /^-?(0|[1-9]\d*)$/,
	bool: /^(true|false)$/,
	date: /^\d{4}-\d{2}-\d{2}$/,
};
const EXAMPLES: Partial<Record<ColumnType, string>> = {
	int64: 'a whole number',
	bool: 'true or false',
	date: 'a day as YYYY-MM-DD',
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
		else rules.forEach((rule, at) => Object.assign(problems, problemsOfRule(rule, type, `${path}.rules.${at}`)));
		seen.add(name);
	});
	return problems;
}

function problemsOfRule({ values, includeNull }: RowRule, type: ColumnType, path: string): Record<string, string> {
	if (values.length === 0 && !includeNull) return { [`${path}.values`]: 'names no rows' };
	const wrong = values.findIndex((value) => !SPELLINGS[type]!.test(String(value)));
	return wrong < 0 ? {} : { [`${path}.values.${wrong}`]: `must be ${EXAMPLES[type]}` };
}

export function principalOf({ principalType, principalId }: Pick<RowRule, 'principalType' | 'principalId'>): string {
	return `${principalType}:${principalId}`;
}

/** As the dataset keeps them: one rule a principal, values canonical and sorted. */
export function toStored(policies: readonly RowPolicy[]): StoredRowPolicies {
	return policies.map(({ column, rules }) => {
		const stored: StoredRowPolicies[number]['rules'] = {};
		for (const rule of rules) {
			const before = stored[principalOf(rule)] ?? { values: [], includeNull: false };
			const values = [...new Set([...before.values, ...rule.values.map(String)])].sort(compareText);
			stored[principalOf(rule)] = { values, includeNull: before.includeNull || rule.includeNull };
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
