// Jobs as they are stored: the item is the truth about work that goes on after the answer. Whoever holds the lease does the
// work; a lease that ends unrenewed is taken over.
import * as z from 'zod';
import { importError, importOptions, type ImportError } from '$lib/contracts/dataset';
import { importStep, jobStatus, type Job, type JobStep } from '$lib/contracts/job';
import { transformStep } from '$lib/contracts/transform';
import { absent, and, at, change, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type KeyOf, type Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';

/** The one partition of the index of unfinished jobs; there are few at any time. */
const SHARD = '0';
/** Seconds for which a finished job can be asked about. */
const KEPT_SECONDS = 24 * 60 * 60;

const anyJob = z.object({
	jobId: z.string(),
	ownerId: z.string(),
	/** The dataset that it makes, or a new version of. */
	datasetId: z.string(),
	status: jobStatus,
	progress: z.object({ done: z.number(), total: z.number() }),
	/** The version that the present try writes; what it left behind goes when the next one begins. */
	versionId: z.string().nullable(),
	tries: z.int(),
	/** Who holds the lease; only its holder may write. */
	holder: z.string().nullable(),
	/** What the work has said, as of the last beat; at most 64 KB. */
	log: z.string().optional(),
	/** UNIX seconds. Only unfinished jobs have it and `shard`, and so are in the index of those that are due. */
	leaseUntil: z.number().optional(),
	shard: z.string().optional(),
	error: importError.nullable(),
	createdAt: z.number(),
	updatedAt: z.number(),
	ttl: z.int().optional(),
});

const importJob = anyJob.extend({
	kind: z.literal('import'),
	uploadId: z.string(),
	options: importOptions,
	step: importStep,
});
export type ImportJob = z.infer<typeof importJob>;

/** One run of a transform; its row is found by `transformId` and `startedAt`. */
const transformJob = anyJob.extend({
	kind: z.literal('transform'),
	transformId: z.string(),
	executionId: z.string(),
	startedAt: z.number(),
	step: transformStep,
});
export type TransformJob = z.infer<typeof transformJob>;

const jobItem = z.discriminatedUnion('kind', [importJob, transformJob]);
export type JobItem = z.infer<typeof jobItem>;
export const parse = itemParser('jobs', jobItem);

export function keyOf(jobId: string): KeyOf {
	return { table: 'jobs', key: { jobId } };
}

export function toContract(item: JobItem): Job {
	const { jobId, kind, status, step, progress, datasetId, error } = item;
	return {
		jobId,
		kind,
		status,
		step,
		progress,
		datasetId,
		error,
		createdAt: toIso(item.createdAt),
		updatedAt: toIso(item.updatedAt),
	};
}

export async function get(dynamo: Dynamo, jobId: string): Promise<JobItem | null> {
	const raw = await dynamo.get(keyOf(jobId));
	return raw && parse(raw);
}

type Common = 'jobId' | 'ownerId' | 'datasetId' | 'kind';
export type NewJob =
	| Pick<ImportJob, Common | 'uploadId' | 'options'>
	| Pick<TransformJob, Common | 'transformId' | 'executionId' | 'startedAt'>;

/** A step of the transaction that begins the work. */
export function create(job: NewJob, now: number): Write {
	const item: JobItem = {
		...job,
		status: 'queued',
		step: 'queued',
		progress: { done: 0, total: 0 },
		versionId: null,
		tries: 0,
		holder: null,
		leaseUntil: now,
		shard: SHARD,
		error: null,
		createdAt: now,
		updatedAt: now,
	};
	return { put: { table: 'jobs', item, condition: absent('jobId') } };
}

/** Takes the lease; null when the job is over, or somebody else has it. */
export async function claim(
	dynamo: Dynamo,
	jobId: string,
	{ holder, now, until }: { holder: string; now: number; until: number },
): Promise<JobItem | null> {
	const update = change({ status: 'running', holder, leaseUntil: until, updatedAt: now }, { tries: 1 });
	// Finished jobs have no lease, so this holds for none of them.
	const condition = when`${at('leaseUntil')} <= ${now}`;
	try {
		return parse(await dynamo.update({ ...keyOf(jobId), update, condition }));
	} catch (error) {
		if (error instanceof ConditionFailed) return null;
		throw error;
	}
}

const heldBy = (holder: string) => and(when`${at('holder')} = ${holder}`, when`${at('status')} = ${'running'}`);

export interface Beat {
	step: JobStep;
	progress: { done: number; total: number };
	versionId: string | null;
	/** Left out: as it is. */
	log?: string;
}

/** Renews the lease and says how far the work is. @throws ConditionFailed when it was lost, or the job cancelled */
export async function beat(
	dynamo: Dynamo,
	jobId: string,
	holder: string,
	beat: Beat & { now: number; until: number },
): Promise<void> {
	const { now, until, ...fields } = beat;
	const update = change({ ...fields, leaseUntil: until, updatedAt: now });
	await dynamo.update({ ...keyOf(jobId), update, condition: heldBy(holder), repeatable: true });
}

/** Gives the lease back for another try at `due`, from the beginning. @throws ConditionFailed when it was lost */
export async function release(
	dynamo: Dynamo,
	jobId: string,
	holder: string,
	{ now, due }: { now: number; due: number },
): Promise<void> {
	const update = change({ status: 'queued', step: 'queued', holder: null, leaseUntil: due, updatedAt: now });
	await dynamo.update({ ...keyOf(jobId), update, condition: heldBy(holder) });
}

/** A step of the transaction that only who holds the lease may carry out: what was asked for is there, and tries to tell of it count anew. */
export function made(jobId: string, holder: string): Write {
	return { update: { ...keyOf(jobId), update: change({ tries: 0 }), condition: heldBy(holder) } };
}

const over = (fields: Record<string, unknown>, now: number) =>
	change({ ...fields, updatedAt: now, ttl: Math.ceil(now + KEPT_SECONDS), leaseUntil: undefined, shard: undefined });

/** A step of the transaction that ends a job well. */
export function succeed(jobId: string, holder: string, now: number): Write {
	return {
		update: { ...keyOf(jobId), update: over({ status: 'succeeded', step: 'done' }, now), condition: heldBy(holder) },
	};
}

/** A step of the transaction that ends a job in failure. @param error null: whoever it worked for knows */
export function fail(jobId: string, holder: string, error: ImportError | null, now: number): Write {
	return { update: { ...keyOf(jobId), update: over({ status: 'failed', error }, now), condition: heldBy(holder) } };
}

/** A step of the transaction that cancels a job, whoever holds its lease. */
export function cancel(jobId: string, now: number): Write {
	const condition = when`${at('shard')} = ${SHARD}`;
	return { update: { ...keyOf(jobId), update: over({ status: 'cancelled' }, now), condition } };
}

export async function remove(dynamo: Dynamo, jobId: string): Promise<void> {
	await dynamo.remove(keyOf(jobId));
}

/** What is not a job and stands among them: the day of the last sweep. */
const SWEEP = 'sweep';

/** Takes the sweep of a day, such as `2026-11-21`, for whoever asks first. */
export async function takeSweep(dynamo: Dynamo, day: string): Promise<boolean> {
	const condition = when`attribute_not_exists(${at('day')}) OR ${at('day')} < ${day}`;
	try {
		await dynamo.update({ ...keyOf(SWEEP), update: change({ day }), condition });
		return true;
	} catch (error) {
		if (error instanceof ConditionFailed) return false;
		throw error;
	}
}

/** Unfinished jobs whose lease has ended. */
export async function findDue(dynamo: Dynamo, now: number): Promise<string[]> {
	const where = when`${at('shard')} = ${SHARD} AND ${at('leaseUntil')} <= ${now}`;
	const due = await dynamo.query({ table: 'jobs', index: 'JobsDue', where });
	return due.map((item) => String(item['jobId']));
}
