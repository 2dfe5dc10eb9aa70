// What the render path says to a page: one JSON line a card, as it finishes.
import * as z from 'zod';
import { id, isoTime } from './common';
import { errorCode } from './errors';
import { filterState } from './filter';

export const cardKind = z.enum(['html', 'figure', 'script']);
export type CardKind = z.infer<typeof cardKind>;

/** A cached body: exact content under its key, for ever. */
export const envelope = z.object({
	v: z.literal(1),
	kind: cardKind,
	body: z.string(),
	libs: z.array(z.string()),
	heightHint: z.number().nullable(),
	rows: z.object({ input: z.int(), filtered: z.int() }),
	renderedAt: isoTime,
	versions: z.record(z.string(), z.string()),
});
export type Envelope = z.infer<typeof envelope>;

export const renderRequest = z.object({
	filters: filterState.default({}),
	/** Card id → key of what its frame shows already; such a card is answered `same` when its key still holds. */
	have: z.record(id, z.string()).default({}),
	/** Only these cards; all when left out. */
	cards: z.array(id).max(60).optional(),
	/** Runs again whatever the cache holds. */
	refresh: z.boolean().default(false),
});

/** Cost of one card or one response: calls by system and milliseconds. */
export const cost = z.object({
	dynamo: z.int(),
	s3: z.int(),
	kv: z.int(),
	exec: z.int(),
	ms: z.number(),
});
export type Cost = z.infer<typeof cost>;

export const cardError = z.object({
	code: errorCode,
	message: z.string(),
	/** Owners only. */
	line: z.int().nullable().optional(),
	traceback: z.string().nullable().optional(),
	/** Seconds after which trying again makes sense. */
	retryAfter: z.number().nullable().optional(),
});

export const renderLine = z.union([
	z.object({
		cardId: id,
		key: z.string(),
		status: z.literal('ok'),
		kind: cardKind,
		/** HTML, or the specification of a figure; empty for `script`, whose frame loads `url`. */
		body: z.string(),
		url: z.string().nullable(),
		libs: z.array(z.string()),
		heightHint: z.number().nullable(),
		renderedAt: isoTime,
		cached: z.boolean(),
		ignores: z.array(z.string()),
		timing: cost,
	}),
	z.object({ cardId: id, key: z.string(), status: z.literal('same'), ignores: z.array(z.string()) }),
	z.object({ cardId: id, key: z.string().nullable(), status: z.literal('error'), error: cardError, timing: cost }),
	z.object({
		end: z.literal(true),
		timing: cost,
		resolved: z.record(z.string(), z.object({ start: z.string().nullable(), end: z.string().nullable() })),
	}),
]);
export type RenderLine = z.infer<typeof renderLine>;
