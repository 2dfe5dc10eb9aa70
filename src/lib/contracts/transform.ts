// Transforms: a Python function from tables to a table, whose result is a new version of one dataset.
import * as z from 'zod';
import { code, params, timings } from './code';
import { id, isoTime, name, page, pageInput, person, revision } from './common';
import { cell, column } from './dataset';

/** Rows of each input that a preview reads at most, and rows of its result that it shows. */
export const PREVIEW_INPUT_ROWS = 10_000;
export const PREVIEW_OUTPUT_ROWS = 100;
export const MAX_INPUTS = 20;

/** `cancelled`: somebody ended it. Whatever is not `succeeded` left the output as it was. */
export const executionStatus = z.enum(['running', 'succeeded', 'failed', 'cancelled']);
export const executionTrigger = z.enum(['manual', 'schedule', 'input']);
/** The steps of a run, in order; a test kills a run at each. */
export const transformStep = z.enum(['queued', 'fetch', 'run', 'write', 'send', 'store', 'flip', 'done']);
export type TransformStep = z.infer<typeof transformStep>;

/** Why a schedule pauses: ten of its runs in a row failed, or the account of its owner is disabled. */
export const pausedReason = z.enum(['failures', 'owner_disabled']);
export type PausedReason = z.infer<typeof pausedReason>;

/** Why a run failed, in the words for its owner: the only one who sees what their code said. */
export const executionError = z.object({
	/**
	 * A code of the executor, such as `user_code_error`, or one of ours: `interrupted`, `owner_disabled`, and `input_gone`,
	 * `input_not_shared`, `input_empty`, `input_hidden` for an input that cannot be read.
	 */
	code: z.string(),
	message: z.string(),
	/** Counted from 1 in the author's code. */
	line: z.int().nullable(),
	traceback: z.string().nullable(),
	/** Why the schedule that began the run pauses since it failed; null: it does not. */
	pausedReason: pausedReason.nullable(),
});
export type ExecutionError = z.infer<typeof executionError>;

export const execution = z.object({
	executionId: id,
	transformId: id,
	status: executionStatus,
	trigger: executionTrigger,
	step: transformStep,
	progress: z.object({ done: z.number(), total: z.number() }),
	startedAt: isoTime,
	finishedAt: isoTime.nullable(),
	durationMs: z.number().nullable(),
	/** Rows of the result. */
	rowCount: z.int().nullable(),
	/** The version of the output that it made. */
	versionId: z.string().nullable(),
	error: executionError.nullable(),
	/** What the code printed, at most 64 KB; of a run that goes on, until a few seconds ago. */
	log: z.string(),
	warnings: z.array(z.string()),
});
export type Execution = z.infer<typeof execution>;

/** The last run, as lists show it. */
export const lastRun = execution.pick({
	executionId: true,
	status: true,
	startedAt: true,
	finishedAt: true,
	rowCount: true,
});

/** A dataset as the code knows it: `alias` is its name in `inputs`, frozen when it was attached. */
const input = z.object({ datasetId: id, alias: z.string(), name: z.string() });

export const transform = z.object({
	transformId: id,
	name: z.string(),
	owner: person,
	inputDatasetIds: z.array(id),
	inputs: z.array(input),
	/** Null until the first run that succeeded. */
	outputDatasetId: id.nullable(),
	outputName: z.string().nullable(),
	/** Five fields of cron; null: it runs when somebody, or a changed input, asks. */
	schedule: z.string().nullable(),
	timeZone: z.string(),
	/** True: a new version of an input starts a run. */
	runOnInput: z.boolean(),
	/** The next three, or none. */
	nextRuns: z.array(isoTime),
	/**
	 * Since when the schedule pauses. It keeps its schedule and has no next runs until it is saved or a run goes well. Null: it does not
	 * pause.
	 */
	pausedAt: isoTime.nullable(),
	/** Why it pauses; null when it does not. */
	pausedReason: pausedReason.nullable(),
	lastRun: lastRun.nullable(),
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type Transform = z.infer<typeof transform>;

export const transformDetail = transform.extend({
	code: z.string(),
	params,
	revision,
});
export type TransformDetail = z.infer<typeof transformDetail>;

/** Minutes, hours, days of the month, months, days of the week; names of days and months are understood. */
const schedule = z.string().trim().max(100).nullable();
const timeZone = z.string().max(100);
const fields = {
	name,
	code,
	inputDatasetIds: z.array(id).max(MAX_INPUTS, `at most ${MAX_INPUTS} inputs`),
	params: params.optional(),
	schedule: schedule.optional(),
	timeZone: timeZone.optional(),
	runOnInput: z.boolean().optional(),
};

export const transformListInput = pageInput;
export const transformPage = page(transform);
export const transformRef = z.object({ transformId: id });
export const transformCreate = z.object(fields);
export const transformUpdate = z.object({
	...fields,
	transformId: id,
	name: name.optional(),
	code: code.optional(),
	inputDatasetIds: fields.inputDatasetIds.optional(),
	revision: revision.optional(),
});

/** A run on the first rows of each input, which stores nothing; with other code or params in place of the saved ones. */
export const transformPreviewInput = z.object({
	code,
	inputDatasetIds: fields.inputDatasetIds,
	params: params.default({}),
	/** The saved transform, whose inputs keep their aliases. */
	transformId: id.optional(),
});
export const transformPreview = z.object({
	columns: z.array(column),
	rows: z.array(z.array(cell)),
	rowCount: z.int(),
	/** True: an input has more rows than were read, so a run can give another result. */
	truncated: z.boolean(),
	inputRows: z.record(z.string(), z.int()),
	stdout: z.string(),
	warnings: z.array(z.string()),
	timings,
});
export type TransformPreview = z.infer<typeof transformPreview>;

/** When a schedule runs next; for forms that show it while it is typed. */
export const nextRunsInput = z.object({ schedule: z.string().trim().max(100), timeZone });
export const nextRuns = z.array(isoTime).max(3);

export const executionListInput = pageInput.omit({ q: true }).extend({ transformId: id });
export const executionPage = page(execution);
export const executionRef = z.object({ transformId: id, executionId: id });
