// Cards: a Python function from a filtered table to HTML, or a text.
import * as z from 'zod';
import { code, params, timings } from './code';
import { description, id, isoTime, name, page, pageInput, person, revision } from './common';
import { filterState } from './filter';

export const cardType = z.enum(['code', 'text']);
/** Columns or filter ids; null: every filter whose column the data has. */
const filterApplicable = z.array(z.string()).nullable();

const datasetInfo = z.object({ datasetId: id, name: z.string() });

export const card = z.object({
	cardId: id,
	name: z.string(),
	dataset: datasetInfo.nullable(),
	cardType,
	usedColumns: z.array(z.string()),
	filterApplicable,
	owner: person,
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type Card = z.infer<typeof card>;

export const cardDetail = card.extend({
	code: z.string(),
	params,
	description: z.string().nullable(),
	datasetIds: z.array(id),
	/** Alias: the name of the dataset in code, frozen when it was attached. */
	datasets: z.array(datasetInfo.extend({ alias: z.string() })),
	/** True: HTML of this card may run its own JavaScript, jailed at the cards host. */
	scripts: z.boolean(),
	revision,
});
export type CardDetail = z.infer<typeof cardDetail>;

const fields = {
	name,
	code,
	datasetId: id.optional(),
	datasetIds: z.array(id).max(20).optional(),
	params: params.optional(),
	description: description.nullable().optional(),
	cardType: cardType.optional(),
	filterApplicable: z.array(z.string().max(255)).max(200).nullable().optional(),
	scripts: z.boolean().optional(),
};
export const cardListInput = pageInput;
export const cardPage = page(card);
export const cardRef = z.object({ cardId: id });
export const cardCreate = z.object(fields);
export const cardUpdate = z.object({
	...fields,
	cardId: id,
	name: name.optional(),
	code: code.optional(),
	revision: revision.optional(),
});

/** A run that saves and caches nothing. */
export const cardPreviewInput = z.object({
	cardId: id,
	filters: filterState.optional(),
	params: params.optional(),
	code: code.optional(),
});
/** The same for a card that is not saved yet. */
export const draftPreviewInput = z.object({
	code,
	cardType: cardType.default('code'),
	datasetIds: z.array(id).max(20).default([]),
	params: params.default({}),
	scripts: z.boolean().default(false),
	filters: filterState.default({}),
});

export const cardPreview = z.object({
	cardId: id.nullable(),
	/** What a browser may show: HTML for `html` and `script`, a JSON specification for `figure`. */
	html: z.string(),
	kind: z.enum(['html', 'figure', 'script']),
	libs: z.array(z.string()),
	heightHint: z.number().nullable(),
	executionTimeMs: z.number(),
	inputRowCount: z.int(),
	filteredRowCount: z.int(),
	stdout: z.string(),
	warnings: z.array(z.string()),
	usedColumns: z.array(z.string()),
	filterApplicable,
	timings,
	/** Kind `script` only: where its frame's document is. */
	url: z.string().nullable(),
});
export type CardPreview = z.infer<typeof cardPreview>;

export const cardExecuteInput = z.object({
	cardId: id,
	filters: filterState.optional(),
	useCache: z.boolean().optional(),
	dashboardId: id.optional(),
});
export const cardExecution = z.object({
	cardId: id,
	html: z.string(),
	kind: z.enum(['html', 'figure', 'script']),
	libs: z.array(z.string()),
	cached: z.boolean(),
	executionTimeMs: z.number(),
});
