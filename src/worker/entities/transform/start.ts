// Begins runs: one write takes the transform, makes the run and its job, or does nothing as another one has.
import type { Execution } from '$lib/contracts/transform';
import type { Deps } from '../../deps';
import * as executions from '../execution/repository';
import { nudge } from '../job/nudge';
import * as jobs from '../job/repository';
import type { TransformItem } from './repository';
import * as runState from './run-state';
import { nextTime } from './schedule';

export type StartDeps = Pick<Deps, 'dynamo' | 'log' | 'newId' | 'now' | 'queue'>;

export interface Cause {
	trigger: Execution['trigger'];
	/** Who asked for it; null: nobody did. */
	startedBy: string | null;
}

/** Begins a run of a transform that was read as `item`. @throws ConditionFailed when one goes on or has begun since, or it was changed */
export async function start(
	deps: StartDeps,
	item: TransformItem,
	{ trigger, startedBy }: Cause,
): Promise<executions.ExecutionItem> {
	const now = deps.now();
	const { transformId, ownerId } = item;
	const jobId = deps.newId('job');
	const number = item.runs + 1;
	const execution = executions.newExecution({ transformId, number, jobId, startedBy, trigger }, now);
	const { executionId, startedAt } = execution;
	const since = (item.inputChanged && item.nextRunAt) ?? startedAt;
	const datasetId = item.outputDatasetId ?? deps.newId('ds');
	await deps.dynamo.transact([
		runState.begin(item, { executionId, jobId, startedAt, since }, nextTime(item, now)),
		executions.create(execution),
		jobs.create({ kind: 'transform', jobId, ownerId, datasetId, transformId, executionId, startedAt }, now),
	]);
	await nudge(deps, jobId);
	return execution;
}
