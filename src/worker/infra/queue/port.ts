// The queue only nudges: the job item is the truth, and a message may come late, twice or never.
import type { JobMessage } from '$lib/contracts/job';

export interface JobQueue {
	send(message: JobMessage): Promise<void>;
}

/** The port over a Cloudflare queue. */
export function createJobQueue(queue: Queue): JobQueue {
	return {
		async send(message) {
			await queue.send(message);
		},
	};
}
