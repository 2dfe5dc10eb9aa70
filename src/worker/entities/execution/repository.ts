// Runs of transforms as they are stored: a row each, found by its time, which its identifier begins with.
import * as z from 'zod';
import {
	executionError,
	executionStatus,
	executionTrigger,
	transformStep,
	type Execution,
	type TransformStep,
} from '$lib/contracts/transform';
import { newTimedId, timeOfId } from '../../ids';
import { absent, at, change, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type KeyOf, type Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';

/** A stored one may lack the reason: then its message tells it. */
const storedError = executionError.extend({ pausedReason: executionError.shape.pausedReason.default(null) });

const executionItem = z.object({
	transformId: z.string(),
	/** UNIX seconds, to the millisecond. */
	startedAt: z.number(),
	executionId: z.string(),
	/** The how manieth run of its transform: those long past go by it. */
	number: z.int(),
	jobId: z.string(),
	/** Who asked for it; null: its schedule or an input did. */
	startedBy: z.string().nullable(),
	trigger: executionTrigger,
	status: executionStatus,
	/** Where it ended; while it runs its job knows. */
	step: transformStep,
	finishedAt: z.number().nullable(),
	rowCount: z.int().nullable(),
	versionId: z.string().nullable(),
	error: storedError.nullable(),
	log: z.string(),
	warnings: z.array(z.string()),
});
export type ExecutionItem = z.infer<typeof executionItem>;
export const parse = itemParser('transform_executions', executionItem);

/** Runs that are kept of a transform. */
export const KEPT = 200;
/** Old runs that go at a time: one for each that comes, and what a crash left. */
const TRIMMED = 10;

export function keyOf({ transformId, startedAt }: Pick<ExecutionItem, 'transformId' | 'startedAt'>): KeyOf {
	return { table: 'transform_executions', key: { transformId, startedAt } };
}

/** A run that begins now. @param now UNIX seconds */
export function newExecution(
	run: Pick<ExecutionItem, 'transformId' | 'number' | 'jobId' | 'startedBy' | 'trigger'>,
	now: number,
): ExecutionItem {
	const milliseconds = Math.floor(now * 1000);
	return {
		...run,
		startedAt: milliseconds / 1000,
		executionId: newTimedId('exec', milliseconds),
		status: 'running',
		step: 'queued',
		finishedAt: null,
		rowCount: null,
		versionId: null,
		error: null,
		log: '',
		warnings: [],
	};
}

/** How far a run is that is not over, and what it has printed. */
export interface Progress {
	step: TransformStep;
	progress: { done: number; total: number };
	log?: string | undefined;
}

export function toContract(item: ExecutionItem, progress: Progress | null): Execution {
	const { executionId, transformId, status, trigger, rowCount, versionId, error, log, warnings } = item;
	const isRunning = status === 'running';
	return {
		executionId,
		transformId,
		status,
		trigger,
		step: (isRunning && progress?.step) || item.step,
		progress: (isRunning && progress?.progress) || { done: 0, total: 0 },
		startedAt: toIso(item.startedAt),
		finishedAt: item.finishedAt === null ? null : toIso(item.finishedAt),
		durationMs: item.finishedAt === null ? null : Math.round((item.finishedAt - item.startedAt) * 1000),
		rowCount,
		versionId,
		error,
		log: (isRunning && progress?.log) || log,
		warnings,
	};
}

/** A step of the transaction that begins a run. */
export function create(item: ExecutionItem): Write {
	return { put: { table: 'transform_executions', item, condition: absent('transformId') } };
}

/** How a run ended. */
export type Ending = Pick<ExecutionItem, 'finishedAt' | 'step'> &
	Partial<Pick<ExecutionItem, 'rowCount' | 'versionId' | 'error' | 'log' | 'warnings'>> & {
		status: 'succeeded' | 'failed' | 'cancelled';
	};

/** A step of the transaction that ends a run. */
export function end(of: Pick<ExecutionItem, 'transformId' | 'startedAt'>, ending: Ending): Write {
	const condition = when`${at('status')} = ${'running'}`;
	return { update: { ...keyOf(of), update: change(ending), condition } };
}

/** Keeps what a run had printed to its end, when somebody else ended it: they knew it as of its last beat. Nothing when the run is gone. */
export async function keepLog(
	dynamo: Dynamo,
	{ log, ...of }: Pick<ExecutionItem, 'transformId' | 'startedAt' | 'log'>,
): Promise<void> {
	const condition = when`${at('status')} IN (${'cancelled'}, ${'failed'})`;
	try {
		await dynamo.update({ ...keyOf(of), update: change({ log }), condition, repeatable: true });
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
	}
}

/** One run of a transform, or null. */
export async function find(dynamo: Dynamo, transformId: string, executionId: string): Promise<ExecutionItem | null> {
	const raw = await dynamo.get(keyOf({ transformId, startedAt: timeOfId(executionId) / 1000 }));
	return raw?.['executionId'] === executionId ? parse(raw) : null;
}

/** The newest runs, newest first. */
export async function listNewest(dynamo: Dynamo, transformId: string, limit: number): Promise<ExecutionItem[]> {
	const where = when`${at('transformId')} = ${transformId}`;
	const rows = await dynamo.query({
		table: 'transform_executions',
		where,
		newestFirst: true,
		consistent: true,
		limit,
	});
	return rows.map(parse);
}

/** Drops runs long past. @param count of all runs that there ever were */
export async function trim(dynamo: Dynamo, transformId: string, count: number): Promise<void> {
	if (count <= KEPT) return;
	const oldest = await listKeys(dynamo, transformId, TRIMMED);
	for (const row of oldest) if (row.number <= count - KEPT) await dynamo.remove(keyOf(row));
}

/** Drops all of a transform that is gone. */
export async function removeAll(dynamo: Dynamo, transformId: string): Promise<void> {
	for (const row of await listKeys(dynamo, transformId)) await dynamo.remove(keyOf(row));
}

const rowKey = z.object({ transformId: z.string(), startedAt: z.number(), number: z.int() });
const parseKey = itemParser('transform_executions', rowKey);

/** Oldest first. */
async function listKeys(dynamo: Dynamo, transformId: string, limit?: number) {
	const rows = await dynamo.query({
		table: 'transform_executions',
		where: when`${at('transformId')} = ${transformId}`,
		project: ['transformId', 'startedAt', 'number'],
		consistent: true,
		...(limit !== undefined && { limit }),
	});
	return rows.map(parseKey);
}
