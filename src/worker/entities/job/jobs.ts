// Work that goes on after the answer: run by a queue message, by whoever waits for a small import, or by the clock's tick.
import { jobMessage } from '$lib/contracts/job';
import { type AppError, asAppError } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { importWork } from '../dataset/jobs';
import { sweep } from '../dataset/sweep';
import { finishRemovals } from '../group/removal';
import { startDue } from '../transform/due';
import { transformWork } from '../transform/jobs';
import { Lease, LeaseLost } from './lease';
import { nudge } from './nudge';
import * as repository from './repository';
import type { JobDeps, Work } from './work';

/** The hour (UTC) of the daily sweep; where its tick was missed, the next full hour of the day. */
const SWEEP_HOUR = 3;

const works = { import: importWork, transform: transformWork };

function workOf({ kind }: repository.JobItem): Work<repository.JobItem> {
	return works[kind] as Work<repository.JobItem>;
}

/** How one try of a job ended. `elsewhere`: it is over, or somebody else works on it. */
export type Outcome = { status: 'succeeded' | 'later' | 'elsewhere' } | { status: 'failed'; error: AppError };

/** Makes one try of a job. Never throws for what the job met; that is in the outcome, the job's item and the log. */
export async function run(deps: JobDeps, jobId: string): Promise<Outcome> {
	const lease = await Lease.take(deps, jobId);
	if (!lease) return { status: 'elsewhere' };
	const started = performance.now();
	const outcome = await attempt(deps, lease).finally(() => lease.stop());
	const { kind, datasetId, tries } = lease.job;
	const fields = { event: 'job', job: jobId, kind, dataset: datasetId, try: tries, status: outcome.status };
	deps.log.info({ ...fields, durationMs: Math.round(performance.now() - started) });
	return outcome;
}

async function attempt(deps: JobDeps, lease: Lease): Promise<Outcome> {
	const { job } = lease;
	const work = workOf(job);
	let outcome: Outcome = { status: 'succeeded' };
	try {
		await work.run(deps, lease, job);
	} catch (error) {
		outcome = await conclude(deps, lease, error).catch(lostIsElsewhere);
	}
	if (outcome.status === 'succeeded' || outcome.status === 'failed')
		await work
			.tidy(deps, job, outcome.status)
			.catch((error: unknown) => deps.log.error({ event: 'job.tidy', job: job.jobId, error }));
	return outcome;
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
	const { job, holder } = lease;
	const appError = asAppError(error);
	const fields = { event: 'job.try', job: job.jobId, try: job.tries, code: appError.code };
	if (appError.status >= 500) deps.log.error({ ...fields, error: appError });
	else deps.log.info({ ...fields, outcome: 'error', reason: appError.message });
	const pause = workOf(job).pause(deps, job, appError);
	if (pause !== null) {
		const now = deps.now();
		await repository.release(deps.dynamo, job.jobId, holder, { now, due: now + pause });
		await nudge(deps, job.jobId, { seconds: pause });
		return { status: 'later' };
	}
	await workOf(job).fail(deps, lease, job, appError);
	return { status: 'failed', error: appError };
}

/** Handles a message of the queue. A message that is none of ours is dropped: it would never become one. */
export async function receive(deps: JobDeps, message: unknown): Promise<void> {
	const parsed = jobMessage.safeParse(message);
	if (parsed.success) await run(deps, parsed.data.jobId);
	else deps.log.error({ event: 'queue', error: parsed.error });
}

/**
 * The clock's tick, every minute: nudges jobs that nobody works on, starts transforms whose time has come, finishes what a crash
 * left half-done, and sweeps once a day.
 * @param at UNIX seconds
 */
export async function tick(deps: JobDeps, at: number): Promise<void> {
	for (const jobId of await repository.findDue(deps.dynamo, deps.now())) await nudge(deps, jobId);
	await startDue(deps);
	await finishRemovals(deps);
	const time = new Date(at * 1000);
	const isTime = time.getUTCHours() >= SWEEP_HOUR && time.getUTCMinutes() === 0;
	if (isTime && (await repository.takeSweep(deps.dynamo, time.toISOString().slice(0, 10)))) {
		const removed = await sweep(deps);
		deps.log.info({ event: 'sweep', outcome: 'ok', ...removed });
	}
}
