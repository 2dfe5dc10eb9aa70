// Filters of a dashboard: their definition, their state in a request, and their resolved form.
import * as z from 'zod';
import { isoDay } from './common';

export const filterId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and - only');
export const filterType = z.enum(['category', 'date_range']);

export const filterDefinition = z.object({
	id: filterId,
	type: filterType,
	column: z.string().min(1).max(255),
	label: z.string().trim().min(1).max(255),
	/** Category only: several values at once. */
	multiSelect: z.boolean().optional(),
	/** Category only: fixed choices; left out, they come from the data. */
	options: z.array(z.string().max(1000)).max(500).optional(),
});
export type FilterDefinition = z.infer<typeof filterDefinition>;

/** Relative ranges, resolved on the day of the request in the installation's zone. */
export const relativeRange = z.enum([
	'today',
	'yesterday',
	'last-7d',
	'last-30d',
	'last-90d',
	'last-12m',
	'this-month',
	'last-month',
	'this-quarter',
	'this-year',
	'last-year',
]);
export type RelativeRange = z.infer<typeof relativeRange>;

export const categoryValue = z.union([z.string().max(1000), z.number(), z.boolean()]);
/** The value of one filter in a request. `null` and `[]` are no filter; an object of another shape is refused, not ignored. */
export const filterValue = z.union([
	z.null(),
	categoryValue,
	z.array(categoryValue.nullable()).max(500),
	z.strictObject({ values: z.array(categoryValue).max(500), includeNull: z.boolean().optional() }),
	z.strictObject({ relative: relativeRange }),
	z.strictObject({ start: isoDay.nullish(), end: isoDay.nullish() }),
]);
export type FilterValue = z.infer<typeof filterValue>;
/** By filter id of the dashboard, else by column name. */
export const filterState = z.record(z.string(), filterValue);
export type FilterState = z.infer<typeof filterState>;

/** A filter ready to be applied and keyed: by column, canonical, with resolved dates. */
export const resolvedFilter = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('category'),
		column: z.string(),
		/** Canonical texts, sorted, unique. */
		values: z.array(z.string()),
		includeNull: z.boolean(),
	}),
	z.object({
		type: z.literal('date_range'),
		column: z.string(),
		start: isoDay.nullable(),
		end: isoDay.nullable(),
	}),
]);
export type ResolvedFilter = z.infer<typeof resolvedFilter>;
