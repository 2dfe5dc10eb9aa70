// Uploads: a file sent in equal parts, and the first look at it.
import * as z from 'zod';
import { id, isoTime } from './common';
import { cell, column, importOptions, importReject } from './dataset';

/** Every part but the last has this many bytes. */
export const PART_BYTES = 8 * 1024 * 1024;
/** Bytes of a file that an installation accepts unless its settings say otherwise. */
export const USUAL_MAX_BYTES = 100_000_000;
/** How much of a file the first look takes. */
export const INSPECT_BYTES = 1024 * 1024;

export const uploadCreate = z.object({
	fileName: z.string().trim().min(1).max(255),
	/** Bytes of the whole file. */
	size: z.int().min(0),
});
export const upload = z.object({
	uploadId: id,
	fileName: z.string(),
	size: z.int(),
	partBytes: z.int(),
	partCount: z.int(),
	/** Numbers (from 1) of the parts that are stored. */
	partsDone: z.array(z.int()),
	status: z.enum(['open', 'complete']),
	/** Where each part goes by PUT: `{part}` stands for its number. Same-origin, or presigned one by one. */
	partUrl: z.string(),
	expiresAt: isoTime,
});
export type Upload = z.infer<typeof upload>;
export const uploadRef = z.object({ uploadId: id });

/** What the first bytes of a file look like; every answer can be overridden by an import option. */
export const inspection = z.object({
	encoding: z.string(),
	encodingCertain: z.boolean(),
	delimiter: z.string(),
	quote: z.string(),
	header: z.boolean(),
	skipRows: z.int(),
	columns: z.array(
		column.extend({
			/** False when later rows may widen the type. */
			settled: z.boolean(),
			examples: z.array(z.string()),
		}),
	),
	rows: z.array(z.array(cell)),
	/** True when these bytes were the whole file. */
	complete: z.boolean(),
	rowsSeen: z.int(),
	rejected: z.int(),
	rejects: z.array(importReject.extend({ detail: z.string().optional() })),
});
export type Inspection = z.infer<typeof inspection>;
export const inspectOptions = importOptions;
