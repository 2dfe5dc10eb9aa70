// Work that goes on after the answer: run by a queue message, by whoever waits for a small import, or by the clock's tick.
import { jobMessage } from '$lib/contracts/job';
import type { ImportError } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import { AppError, asAppError } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { runImport } from '../dataset/jobs';
import * as datasets from '../dataset/repository';
import { sweep } from '../dataset/sweep';
import { finishRemovals } from '../group/removal';
import * as uploads from '../upload/repository';
import { Lease, LeaseLost } from './lease';
import * as repository from './repository';

type JobDeps = Pick<Deps, 'audit' | 'dynamo' | 'objects' | 'executor' | 'queue' | 'settings' | 'now' | 'newId' | 'log'>;

/** Tries before a job that always meets a silent service, or whose Worker always dies of it, is given up. */
const MAX_TRIES = 3;
/** Seconds until the next try, times the tries so far. */
const PAUSE_SECONDS = 5;
/** Seconds for which a failed first import stays readable. */
const FAILED_SECONDS = 24 * 60 * 60;
/** The hour (UTC) of the daily sweep. */
const SWEEP_HOUR = 3;

/** How one try of a job ended. `elsewhere`: it is over, or somebody else works on it. */
export type Outcome = { status: 'succeeded' | 'later' | 'elsewhere' } | { status: 'failed'; error: AppError };

/** Makes one try of a job. Never throws for what the job met; that is in the outcome, the job's item and the log. */
export async function run(deps: JobDeps, jobId: string): Promise<Outcome> {
	const lease = await Lease.take(deps, jobId);
	if (!lease) return { status: 'elsewhere' };
	const started = performance.now();
	const outcome = await attempt(deps, lease).finally(() => lease.stop());
	const fields = {
		event: 'job',
		job: jobId,
		dataset: lease.job.datasetId,
		try: lease.job.tries,
		status: outcome.status,
	};
	deps.log.info({ ...fields, durationMs: Math.round(performance.now() - started) });
	return outcome;
}

async function attempt(deps: JobDeps, lease: Lease): Promise<Outcome> {
	const { jobId, tries, uploadId } = lease.job;
	try {
		if (tries > MAX_TRIES)
			throw new AppError('INTERNAL', { message: `${jobId} was never finished in ${MAX_TRIES} tries` });
		await runImport(deps, lease);
	} catch (error) {
		return conclude(deps, lease, error).catch(lostIsElsewhere);
	}
	await dropUploadIfPossible(deps, uploadId);
	return { status: 'succeeded' };
}

/** The lease ended, or a write found that it had: whoever ended it sees to the rest. */
function lostIsElsewhere(error: unknown): Outcome {
	if (error instanceof LeaseLost || error instanceof ConditionFailed) return { status: 'elsewhere' };
	throw error;
}

/** What follows from a try that did not succeed. @throws LeaseLost · ConditionFailed */
async function conclude(deps: JobDeps, lease: Lease, error: unknown): Promise<Outcome> {
	if (error instanceof LeaseLost || error instanceof ConditionFailed) throw error;
	lease.signal.throwIfAborted();
	const appError = asAppError(error);
	const mayPass = ['UPSTREAM_UNAVAILABLE', 'BUSY'].includes(appError.code);
	const fields = { event: 'job.try', job: lease.job.jobId, try: lease.job.tries, code: appError.code };
	if (appError.status >= 500) deps.log.error({ ...fields, error: appError });
	else deps.log.info({ ...fields, outcome: 'error', reason: appError.message });
	if (mayPass && lease.job.tries < MAX_TRIES) {
		const now = deps.now();
		await repository.release(deps.dynamo, lease.job.jobId, lease.holder, {
			now,
			due: now + PAUSE_SECONDS * lease.job.tries,
		});
		return { status: 'later' };
	}
	await fail(deps, lease, appError);
	return { status: 'failed', error: appError };
}

async function fail(deps: JobDeps, { job, holder }: Lease, appError: AppError): Promise<void> {
	const now = deps.now();
	const error = describe(appError);
	await deps.dynamo.transact([
		repository.fail(job.jobId, holder, error, now),
		datasets.fail(job.datasetId, job.jobId, { error, now, ttl: Math.ceil(now + FAILED_SECONDS) }),
	]);
	await dropUploadIfPossible(deps, job.uploadId);
}

/** Why, in the words of the import rules where they have some. */
function describe({ code, userMessage, details }: AppError): ImportError {
	const { importCode, ...rest } = details ?? {};
	return {
		importCode: typeof importCode === 'string' ? importCode : code.toLowerCase(),
		message: userMessage,
		...(Object.keys(rest).length > 0 && { details: rest }),
	};
}

/** How a job ended does not hang on what is left of its upload: the bucket's lifecycle and the sweep remove that too. */
async function dropUploadIfPossible(deps: JobDeps, uploadId: string): Promise<void> {
	await dropUpload(deps, uploadId).catch((error: unknown) =>
		deps.log.error({ event: 'job.upload', upload: uploadId, error }),
	);
}

/** Drops an upload that is of no more use. What a crash leaves here, the bucket's lifecycle and the sweep remove. */
export async function dropUpload(deps: Pick<JobDeps, 'dynamo' | 'objects'>, uploadId: string): Promise<void> {
	const raw = await deps.dynamo.get(uploads.keyOf(uploadId));
	if (!raw) return;
	await deps.objects.remove(uploads.parse(raw).key);
	await uploads.remove(deps.dynamo, uploadId);
}

/** Handles a message of the queue. A message that is none of ours is dropped: it would never become one. */
export async function receive(deps: JobDeps, message: unknown): Promise<void> {
	const parsed = jobMessage.safeParse(message);
	if (parsed.success) await run(deps, parsed.data.jobId);
	else deps.log.error({ event: 'queue', error: parsed.error });
}

/** Has somebody take up a job soon. Never throws: a job whose message is lost waits for the tick, no longer than a minute. */
export async function nudge(deps: Pick<JobDeps, 'queue' | 'log'>, jobId: string): Promise<void> {
	await deps.queue
		.send({ type: 'job', jobId })
		.catch((error: unknown) => deps.log.error({ event: 'job.nudge', job: jobId, error }));
}

/**
 * The clock's tick, every minute: nudges jobs that nobody works on, finishes what a crash left half-done, and sweeps once a day.
 * @param at UNIX seconds
 */
export async function tick(deps: JobDeps & Pick<Deps, 'access'>, at: number): Promise<void> {
	for (const jobId of await repository.findDue(deps.dynamo, deps.now())) await nudge(deps, jobId);
	await finishRemovals(deps);
	const time = new Date(at * 1000);
	if (time.getUTCHours() === SWEEP_HOUR && time.getUTCMinutes() === 0) {
		const removed = await sweep(deps);
		deps.log.info({ event: 'sweep', outcome: 'ok', ...removed });
	}
}
