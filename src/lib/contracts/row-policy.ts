// Row policies: which rows of a dataset a person sees, by the values of a column. Each policy is on one column; a person sees the
// rows that every policy lets them see, and of one policy what any rule for them or their groups names. Whoever no rule names
// sees no row; the dataset's creator and admins see all.
import * as z from 'zod';
import { id, revision } from './common';
import { sharedToType } from './share';

export const MAX_ROW_POLICIES = 10;
export const MAX_ROW_RULES = 200;
const MAX_RULE_VALUES = 500;

export const rowRule = z.object({
	principalType: sharedToType,
	principalId: id,
	/** Of the column, as filters write them: texts, numbers, `true`, days as `YYYY-MM-DD`. */
	values: z.array(z.union([z.string().max(1000), z.number(), z.boolean()])).max(MAX_RULE_VALUES),
	/** Rows without a value in the column too. */
	includeNull: z.boolean().default(false),
});
export type RowRule = z.infer<typeof rowRule>;

export const rowPolicy = z.object({
	column: z.string().min(1).max(255),
	rules: z.array(rowRule).max(MAX_ROW_RULES),
});
export type RowPolicy = z.infer<typeof rowPolicy>;

const described = rowPolicy.extend({
	/** False when the data have the column no more: then nobody but the creator and admins sees a row. */
	columnExists: z.boolean(),
	rules: z.array(rowRule.extend({ principalName: z.string() })),
});
export const rowPolicies = z.object({ policies: z.array(described), revision });
export type RowPolicies = z.infer<typeof rowPolicies>;

export const rowPoliciesRef = z.object({ datasetId: id });
export const rowPoliciesUpdate = z.object({
	datasetId: id,
	policies: z.array(rowPolicy).max(MAX_ROW_POLICIES),
	revision: revision.optional(),
});
