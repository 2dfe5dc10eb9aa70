// Has somebody take up a job: the queue's message is a hint, the job's item the truth.
import type { Deps } from '../../deps';

/** Has somebody take up a job in some seconds. Never throws: a job whose message is lost waits for the tick, no longer than a minute. */
export async function nudge(
	deps: Pick<Deps, 'queue' | 'log'>,
	jobId: string,
	{ seconds = 0 }: { seconds?: number } = {},
): Promise<void> {
	await deps.queue
		.send({ type: 'job', jobId }, { seconds })
		.catch((error: unknown) => deps.log.error({ event: 'job.nudge', job: jobId, error }));
}
