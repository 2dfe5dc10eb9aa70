// The queue only nudges: the job item is the truth, and a message may come late, twice or never.
import type { JobMessage } from '$lib/contracts/job';

export interface JobQueue {
	/** @param seconds before it comes, at the earliest */
	send(message: JobMessage, options: { seconds: number }): Promise<void>;
}

/** The port over a Cloudflare queue. */
export function createJobQueue(queue: Queue): JobQueue {
	return {
		async send(message, { seconds }) {
			await queue.send(message, { delaySeconds: Math.ceil(seconds) });
		},
	};
}
