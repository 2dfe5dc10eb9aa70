// Runs of transforms, as their owner sees them: started, watched, ended.
import type { z } from 'zod';
import type { Execution, executionListInput } from '$lib/contracts/transform';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, notFound } from '../../errors';
import { isId } from '../../ids';
import { againWhileChanged } from '../../infra/dynamo/again';
import { ConditionFailed } from '../../infra/dynamo/port';
import { versionPrefix } from '../../render/manifest';
import { backOff } from '../../time';
import * as executions from '../execution/repository';
import * as jobs from '../job/repository';
import * as repository from './repository';
import * as runState from './run-state';
import { nextTime } from './schedule';
import { start, type StartDeps } from './start';

type RunDeps = StartDeps & Pick<Deps, 'access' | 'objects'>;

/** Tries of a start that others change the transform under. */
const MAX_TRIES = 5;

interface Ref {
	transformId: string;
	executionId: string;
}

/** Starts a run. @throws AppError ALREADY_RUNNING naming the run that goes on in `details.executionId` */
export async function execute(
	deps: RunDeps,
	actor: Actor,
	{ transformId }: { transformId: string },
): Promise<Execution> {
	for (let tries = 1; ; tries += 1) {
		const { item } = await deps.access.require(actor, 'transform.run', transformId);
		if (item.running) throw alreadyRunning(item.running.executionId);
		try {
			const execution = await start(deps, item, { trigger: 'manual', startedBy: actor.user.userId });
			await deps.access.wrote('transform', transformId);
			return executions.toContract(execution, null);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw new AppError('BUSY', { retryAfter: 1, cause: error });
			await backOff(tries);
			await deps.access.wrote('transform', transformId);
		}
	}
}

function alreadyRunning(executionId: string): AppError {
	return new AppError('ALREADY_RUNNING', {
		userMessage: 'This transform is running already.',
		details: { executionId },
	});
}

/** Its last runs, newest first. */
export async function list(deps: RunDeps, actor: Actor, input: z.infer<typeof executionListInput>) {
	const { limit, offset, transformId } = input;
	const { item } = await deps.access.require(actor, 'transform.view', transformId);
	const total = Math.min(item.runs, executions.KEPT);
	const newest = offset < total ? await executions.listNewest(deps.dynamo, transformId, offset + limit) : [];
	const progress = await progressOf(
		deps,
		newest.slice(offset).find(({ status }) => status === 'running'),
	);
	return {
		items: newest.slice(offset).map((one) => executions.toContract(one, progress)),
		pagination: { total, limit, offset, hasNext: offset + limit < total },
	};
}

/** One run, and how far it is. @throws AppError NOT_FOUND also for a run of another transform */
export async function get(deps: RunDeps, actor: Actor, { transformId, executionId }: Ref): Promise<Execution> {
	await deps.access.require(actor, 'transform.view', transformId);
	return describe(deps, await existing(deps, transformId, executionId));
}

/** Ends a run, and drops what was to follow it. One that is over stays as it is. */
export async function cancel(deps: RunDeps, actor: Actor, { transformId, executionId }: Ref): Promise<Execution> {
	const { item } = await deps.access.require(actor, 'transform.run', transformId);
	const execution = await existing(deps, transformId, executionId);
	if (item.running?.executionId === executionId) await cancelRunning(deps, item);
	return describe(deps, (await executions.find(deps.dynamo, transformId, executionId)) ?? execution);
}

/** Ends the run of a transform that goes on. */
export async function cancelRunning(
	deps: Pick<RunDeps, 'access' | 'dynamo' | 'now' | 'objects'>,
	{ running }: repository.TransformItem,
): Promise<void> {
	const job = running && (await jobs.get(deps.dynamo, running.jobId));
	if (job?.kind === 'transform') await endRun(deps, job);
}

/** Cancels a run that is not over. Whoever works on it finds out and removes what it has stored. */
export async function endRun(
	deps: Pick<RunDeps, 'access' | 'dynamo' | 'now' | 'objects'>,
	job: jobs.TransformJob,
): Promise<void> {
	const forget = () => deps.access.wrote('transform', job.transformId);
	const hasEnded = await againWhileChanged(forget, () => tryToEnd(deps, job));
	await forget();
	if (hasEnded && job.versionId) await deps.objects.removeAll(versionPrefix(job.datasetId, job.versionId));
}

/** False when it is over already. @throws ConditionFailed when it ended, or its transform was changed, a moment before */
async function tryToEnd(
	{ dynamo, now: clock }: Pick<RunDeps, 'dynamo' | 'now'>,
	{ transformId, executionId, startedAt, jobId }: jobs.TransformJob,
): Promise<boolean> {
	const [transform, rawJob] = await dynamo.batchGet([repository.keyOf(transformId), jobs.keyOf(jobId)]);
	const item = transform && repository.parse(transform);
	const job = rawJob && jobs.parse(rawJob);
	if (item?.running?.jobId !== jobId || job?.kind !== 'transform') return false;
	const { step, log } = job;
	const now = clock();
	const lastRun = { executionId, status: 'cancelled', startedAt, finishedAt: now, rowCount: null } as const;
	await dynamo.transact([
		jobs.cancel(jobId, now),
		executions.end({ transformId, startedAt }, { status: 'cancelled', step, finishedAt: now, ...(log && { log }) }),
		runState.cancel(item, jobId, { lastRun, next: nextTime(item, now) }),
	]);
	return true;
}

async function existing(deps: RunDeps, transformId: string, executionId: string): Promise<executions.ExecutionItem> {
	const found = isId('exec', executionId) ? await executions.find(deps.dynamo, transformId, executionId) : null;
	if (!found) throw notFound(`${transformId} has no run ${executionId}`);
	return found;
}

async function describe(deps: RunDeps, item: executions.ExecutionItem): Promise<Execution> {
	return executions.toContract(item, await progressOf(deps, item));
}

/** How far a run is, if it is not over. */
async function progressOf(
	{ dynamo }: RunDeps,
	item: executions.ExecutionItem | undefined,
): Promise<executions.Progress | null> {
	if (item?.status !== 'running') return null;
	const job = await jobs.get(dynamo, item.jobId);
	return job?.kind === 'transform' ? job : null;
}
