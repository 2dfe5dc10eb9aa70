// Datasets: typed, versioned tables made from files.
import * as z from 'zod';
import { description, id, isoTime, name, page, pageInput, person, revision } from './common';
import { permission } from './share';

export const columnType = z.enum(['int64', 'float64', 'bool', 'date', 'datetime', 'string']);
export type ColumnType = z.infer<typeof columnType>;

/** `zoned`: a datetime stored as a UTC instant; otherwise wall time without a zone. */
export const column = z.object({
	name: z.string(),
	type: columnType,
	nullable: z.boolean(),
	zoned: z.boolean().default(false),
});
export type Column = z.infer<typeof column>;

export const datasetStatus = z.enum(['importing', 'ready', 'failed']);
export const sourceType = z.enum(['local_csv', 's3_csv', 'transform']);
export const importReject = z.object({ line: z.int(), reason: z.string() });

/** Why an import failed, in the words and codes of the import rules. */
export const importError = z.object({
	importCode: z.string(),
	message: z.string(),
	details: z.record(z.string(), z.unknown()).optional(),
});
export type ImportError = z.infer<typeof importError>;

export const dataset = z.object({
	datasetId: id,
	name: z.string(),
	description: z.string().nullable(),
	sourceType,
	status: datasetStatus,
	/** Null for somebody who is shown only some of the rows. */
	rowCount: z.int().nullable(),
	columnCount: z.int(),
	owner: person,
	myPermission: permission,
	createdAt: isoTime,
	lastImportAt: isoTime.nullable(),
});
export type Dataset = z.infer<typeof dataset>;

/** Overrides of what the importer detects; what is left out is detected. */
export const importOptions = z.object({
	hasHeader: z.boolean().optional(),
	delimiter: z.string().length(1, 'must be one character').optional(),
	quote: z.string().length(1, 'must be one character').optional(),
	encoding: z.enum(['UTF-8', 'UTF-16', 'CP932', 'EUC-JP', 'Latin-1']).optional(),
	skipRows: z.int().min(0).max(1_000_000).optional(),
	nullValues: z.array(z.string().max(255)).max(100).optional(),
	types: z.record(z.string(), columnType).optional(),
	onMisfit: z.enum(['fail', 'null']).optional(),
	rejectLimit: z
		.number()
		.min(0)
		.max(1)
		.refine((share) => share === 0 || share >= 1e-9, 'must be 0 or at least 0.000000001')
		.optional(),
	partitionColumn: z.string().max(255).optional(),
	clusterBy: z.string().max(255).optional(),
});
export type ImportOptions = z.infer<typeof importOptions>;

/** Where its data came from, and the options that were given. */
export const sourceConfig = z.object({ fileName: z.string(), size: z.int(), options: importOptions });

export const datasetDetail = dataset.extend({
	schema: z.array(column),
	sourceConfig: sourceConfig.nullable(),
	s3Path: z.string().nullable(),
	partitionColumn: z.string().nullable(),
	updatedAt: isoTime,
	lastImportBy: person.nullable(),
	importSummary: z.object({ importedRows: z.int(), rejectedRows: z.int(), rejects: z.array(importReject) }).nullable(),
	versionId: z.string().nullable(),
	/** The job that is importing, or that failed last. */
	jobId: z.string().nullable(),
	error: importError.nullable(),
	revision,
});
export type DatasetDetail = z.infer<typeof datasetDetail>;

export const datasetListInput = pageInput;
export const datasetPage = page(dataset);
export const datasetRef = z.object({ datasetId: id });
/** Starts an import from an upload that is complete. */
export const datasetImportInput = z.object({
	uploadId: id,
	name,
	description: description.optional(),
	options: importOptions.default({}),
});
export const datasetUpdate = z.object({
	datasetId: id,
	name: name.optional(),
	description: description.nullable().optional(),
	revision: revision.optional(),
});

/** A cell as JSON: dates and datetimes as ISO text, integers beyond 2^53 as text. */
export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof cell>;

export const previewInput = z.object({
	datasetId: id,
	limit: z.coerce.number<number>().int().min(1).max(1000).default(100),
});
export const preview = z.object({
	columns: z.array(z.string()),
	rows: z.array(z.array(cell)),
	totalRows: z.int(),
	previewRows: z.int(),
});
export type Preview = z.infer<typeof preview>;

export const columnRef = z.object({ datasetId: id, column: z.string() });
/** Sorted distinct values, at most 500, with how often each occurs. */
export const columnValues = z.object({
	column: z.string(),
	values: z.array(z.object({ value: cell, count: z.int() })),
	nullCount: z.int(),
	truncated: z.boolean(),
});
export type ColumnValues = z.infer<typeof columnValues>;

/** What uses a dataset or a card; answers 409 and "used by". */
export const usage = z.object({
	id: z.string(),
	kind: z.enum(['card', 'dashboard', 'transform']),
	name: z.string(),
	/** The transform whose output the dataset is; left out of all others. */
	makes: z.literal(true).optional(),
});
export type Usage = z.infer<typeof usage>;
