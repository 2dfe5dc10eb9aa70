// Jobs, as their owner sees them: how far, and an end to it.
import type { Job } from '$lib/contracts/job';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { ConditionFailed } from '../../infra/dynamo/port';
import { versionPrefix } from '../../render/manifest';
import { dropUpload } from '../dataset/jobs';
import * as datasets from '../dataset/repository';
import { endRun } from '../transform/runs';
import * as repository from './repository';

type JobDeps = Pick<Deps, 'access' | 'dynamo' | 'log' | 'newId' | 'now' | 'objects' | 'queue'>;

export async function get(deps: JobDeps, actor: Actor, { jobId }: { jobId: string }): Promise<Job> {
	const { item } = await deps.access.require(actor, 'job.view', jobId);
	return repository.toContract(item);
}

/** Ends a job that is not over, and everything it has made. One that is over stays as it is. */
export async function cancel(deps: JobDeps, actor: Actor, { jobId }: { jobId: string }): Promise<Job> {
	const { item } = await deps.access.require(actor, 'job.cancel', jobId);
	if (item.kind === 'transform') await endRun(deps, item);
	else await endImport(deps, item);
	await deps.access.wrote('job', jobId);
	await deps.access.wrote('dataset', item.datasetId);
	return repository.toContract((await repository.get(deps.dynamo, jobId)) ?? item);
}

/** Cancels an import and drops the placeholder of its dataset. Whoever works on it finds out and removes what it has stored. */
export async function endImport(
	deps: Pick<JobDeps, 'dynamo' | 'now' | 'objects'>,
	job: repository.ImportJob,
): Promise<void> {
	try {
		await deps.dynamo.transact([repository.cancel(job.jobId, deps.now()), datasets.drop(job.datasetId, job.jobId)]);
	} catch (error) {
		// It was over a moment before: there is nothing to end.
		if (error instanceof ConditionFailed) return;
		throw error;
	}
	await dropUpload(deps, job.uploadId);
	if (job.versionId) await deps.objects.removeAll(versionPrefix(job.datasetId, job.versionId));
}
