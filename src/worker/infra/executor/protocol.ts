// The words that the Worker and the executor exchange, as `executor-container/PROTOCOL.md` has them. Change both together.
import * as z from 'zod';
import { cell, columnType, type ImportOptions } from '$lib/contracts/dataset';
import { cardKind } from '$lib/contracts/render';

export interface ProtocolColumn {
	name: string;
	type: z.infer<typeof columnType>;
	zoned: boolean;
	nullable: boolean;
	/** int64 with values beyond 2^53. */
	exact: boolean;
}

export interface ProtocolObject {
	key: string;
	version: string;
	size: number;
	url: string;
	etag: string;
	/** [start, end) */
	ranges: [number, number][];
	rowGroups: number[];
	partition: { column: string; value: string | null } | null;
}

export type ProtocolFilter =
	| { column: string; type: 'category'; values: (string | number | boolean)[]; includeNull: boolean }
	| { column: string; type: 'date_range'; start: string | null; end: string | null };

export interface RenderCall {
	/** User id, for fairness between authors. */
	author: string;
	code: string;
	scripts: boolean;
	params: Record<string, unknown>;
	filters: ProtocolFilter[];
	datasets: {
		name: string;
		/** Null: all. */
		columns: string[] | null;
		schema: ProtocolColumn[];
		rowCount: number;
		/** Before `filters`, and unknown to the code. */
		rowFilters: ProtocolFilter[];
		objects: ProtocolObject[];
	}[];
	zone: string;
	limits?: { wallMs?: number; memoryMb?: number; bodyBytes?: number; stdoutBytes?: number };
}

/** One run of a transform, or of its beginning. */
export interface TransformCall {
	/** User id, for fairness between authors. */
	author: string;
	code: string;
	params: Record<string, unknown>;
	/** `columns` is null in each. */
	inputs: RenderCall['datasets'];
	zone: string;
}

const milliseconds = z.number().min(0);
const timings = z.object({
	queueMs: milliseconds,
	fetchMs: milliseconds,
	loadMs: milliseconds,
	runMs: milliseconds,
	cpuMs: milliseconds,
	totalMs: milliseconds,
});
export const renderResult = z.discriminatedUnion('status', [
	z.object({
		status: z.literal('ok'),
		kind: cardKind,
		body: z.string(),
		libs: z.array(z.string()),
		heightHint: z.number().nullable(),
		usedColumns: z.array(z.string()),
		filterApplicable: z.array(z.string()).nullable(),
		rows: z.object({ input: z.int(), filtered: z.int() }),
		stdout: z.string(),
		warnings: z.array(z.string()),
		timings,
		fetched: z.object({ requests: z.int(), bytes: z.int() }),
	}),
	z.object({ status: z.literal('needs_all_columns'), reason: z.string() }),
]);
export type RenderResult = z.infer<typeof renderResult>;

export interface ImportCall {
	source: { url: string; size: number; etag: string };
	options: ImportOptions;
	limits?: { wallMs?: number; memoryMb?: number; textBytes?: number };
}

const ENCODINGS = {
	'utf-8': 'UTF-8',
	'utf-16': 'UTF-16',
	cp932: 'CP932',
	'euc-jp': 'EUC-JP',
	'latin-1': 'Latin-1',
} as const;
/** The executor's name of an encoding as people read it. */
const encoding = z.enum(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]).transform((name) => ENCODINGS[name]);

/** Options in the executor's words: it spells encodings in small letters. */
export function wireOptions(options: ImportOptions): Record<string, unknown> {
	return { ...options, ...(options.encoding && { encoding: options.encoding.toLowerCase() }) };
}

const partition = z.object({ column: z.string(), value: z.string().nullable() }).nullable();
/** A path of ours: no climbing, no absolute path, nothing that another object could be taken for. */
const filePath = z.string().regex(/^(data|partitions\/[^/]+=[^/]*)\/part-\d{4}\.parquet$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const rejectedLine = z.object({ line: z.int(), reason: z.string(), detail: z.string().optional() });

/** What a version of a dataset is made of. */
const table = z.object({
	rows: z.int(),
	columns: z.array(
		z.object({
			name: z.string(),
			type: columnType,
			zoned: z.boolean().default(false),
			nullable: z.boolean(),
			nullCount: z.int(),
			/** int64 with values beyond 2^53. */
			exact: z.boolean().default(false),
			distinct: z.int().optional(),
			widened: z.object({ from: z.string(), line: z.int() }).nullish(),
		}),
	),
	partitionColumn: z.string().nullable(),
	files: z.array(z.object({ path: filePath, rows: z.int(), bytes: z.int(), sha256: digest, partition })),
});
export type TableManifest = z.infer<typeof table>;

export const manifest = table.extend({
	encoding,
	delimiter: z.string(),
	quote: z.string(),
	header: z.boolean(),
	dataLine: z.int(),
	rejected: z.int(),
	blankLines: z.int(),
	rejectCounts: z.record(z.string(), z.int()),
	rejects: z.array(rejectedLine),
});
export type Manifest = z.infer<typeof manifest>;

export const executorFailure = z.object({
	status: z.literal('error'),
	code: z.string(),
	importCode: z.string().optional(),
	message: z.string().default(''),
	line: z.int().nullish(),
	traceback: z.string().nullish(),
	stdout: z.string().nullish(),
	details: z.record(z.string(), z.unknown()).nullish(),
});
export type ExecutorFailure = z.infer<typeof executorFailure>;

const fileFrame = z.object({
	type: z.literal('file'),
	path: filePath,
	bytes: z.int().min(1),
	sha256: digest,
	rows: z.int(),
	partition,
});
export type FileFrame = z.infer<typeof fileFrame>;
const failedFrame = executorFailure.extend({ type: z.literal('result') });

/** The header of a frame; those with `bytes` are followed by so many bytes. */
export const importFrame = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('progress'),
		step: z.enum(['copy', 'scan', 'profile', 'write', 'verify', 'send']),
		done: z.number(),
		total: z.number(),
	}),
	fileFrame,
	z.object({ type: z.literal('rejects'), path: z.literal('rejects.csv'), bytes: z.int().min(0), sha256: digest }),
	z.discriminatedUnion('status', [
		z.object({ type: z.literal('result'), status: z.literal('ok'), manifest }),
		failedFrame,
	]),
]);
export type ImportFrame = z.infer<typeof importFrame>;

/** The same of a transform. */
export const transformFrame = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('progress'),
		step: z.enum(['fetch', 'run', 'write', 'send']),
		done: z.number(),
		total: z.number(),
	}),
	/** What the code printed since the last one. */
	z.object({ type: z.literal('output'), text: z.string() }),
	fileFrame,
	z.discriminatedUnion('status', [
		z.object({
			type: z.literal('result'),
			status: z.literal('ok'),
			manifest: table,
			rows: z.object({ input: z.int(), output: z.int() }),
			stdout: z.string(),
			warnings: z.array(z.string()),
		}),
		failedFrame,
	]),
]);
export type TransformFrame = z.infer<typeof transformFrame>;

/** What code gave for the first rows of its inputs. */
export const transformPreviewResult = z.object({
	status: z.literal('ok'),
	columns: z.array(
		z.object({ name: z.string(), type: columnType, zoned: z.boolean().default(false), nullable: z.boolean() }),
	),
	rows: z.array(z.array(cell)),
	/** Of the whole result. */
	rowCount: z.int(),
	/** An input has more rows than were read. */
	truncated: z.boolean(),
	/** Rows read, by input. */
	inputRows: z.record(z.string(), z.int()),
	stdout: z.string(),
	warnings: z.array(z.string()),
	timings,
});
export type TransformPreviewResult = z.infer<typeof transformPreviewResult>;

/** The first look, in the words of the contract but for the two names that Python spells its own way. */
export const inspectResult = z.object({
	status: z.literal('ok'),
	encoding,
	encodingCertain: z.boolean(),
	delimiter: z.string(),
	quote: z.string(),
	header: z.boolean(),
	skipRows: z.int(),
	columns: z.array(
		z.object({
			name: z.string(),
			type: columnType,
			zoned: z.boolean().default(false),
			nullable: z.boolean(),
			settled: z.boolean(),
			examples: z.array(z.string()),
		}),
	),
	rows: z.array(z.array(z.string().nullable())),
	complete: z.boolean(),
	rows_seen: z.int(),
	rejected: z.int(),
	rejects: z.array(rejectedLine),
});
export type InspectResult = z.infer<typeof inspectResult>;

export const health = z.object({
	level: z.int(),
	tier: z.string(),
	slots: z.int(),
	busy: z.int(),
	queued: z.int(),
	image: z.string(),
});
export type ExecutorHealth = z.infer<typeof health>;
