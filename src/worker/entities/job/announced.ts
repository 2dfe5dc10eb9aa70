// The end of a job that makes a version of a dataset: it is made once, everybody is told of it, and only then the job is over. Whoever
// dies in between leaves the job to another try, which finds that it was made and tells again. Knows neither imports nor transforms.
import { versionPrefix } from '../../render/manifest';
import type { Lease } from './lease';
import * as repository from './repository';
import type { JobDeps } from './work';

/** Tries to tell of a version that is there, each once the lease of the one before has ended. */
const MAX_TELLING_TRIES = 10;

export interface Making<T> {
	/** What a try before made; null: nothing yet. */
	made: T | null;
	/** Makes it. Its last write is one transaction with `made` of the job's repository. */
	make(): Promise<T>;
	/** Tells everybody. It is done again when somebody died in the middle of it. */
	tell(made: T): Promise<void>;
}

/**
 * Makes what the job is for, unless a try before did, tells everybody and ends the job.
 * @throws whatever `make` and `tell` do · ConditionFailed when the lease was lost
 */
export async function makeAndTell<T>(deps: JobDeps, lease: Lease, { made, make, tell }: Making<T>): Promise<void> {
	const { job, holder } = lease;
	if (made === null && job.versionId) await deps.objects.removeAll(versionPrefix(job.datasetId, job.versionId)); // what an earlier try left behind
	// What cannot be told, however often it is tried, keeps nobody from what comes next.
	if (made === null || job.tries <= MAX_TELLING_TRIES) await tell(made ?? (await make()));
	else logUntold(deps, job);
	await deps.dynamo.transact([repository.succeed(job.jobId, holder, deps.now())]);
}

function logUntold({ log }: JobDeps, { jobId, datasetId }: repository.JobItem): void {
	const error = new Error(`not everybody was told of what it made in ${MAX_TELLING_TRIES} tries`);
	log.error({ event: 'job.untold', job: jobId, dataset: datasetId, error });
}
