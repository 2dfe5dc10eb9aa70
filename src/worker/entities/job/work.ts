// What a kind of job does. How it is leased, tried again and given up is the same for all and in jobs.ts.
import type { Deps } from '../../deps';
import type { AppError } from '../../errors';
import type { Lease } from './lease';
import type { JobItem } from './repository';

export type JobDeps = Pick<
	Deps,
	| 'access'
	| 'audit'
	| 'cache'
	| 'dynamo'
	| 'objects'
	| 'executor'
	| 'image'
	| 'queue'
	| 'settings'
	| 'now'
	| 'newId'
	| 'log'
>;

export interface Work<J extends JobItem> {
	/**
	 * Makes one try, and ends the job when it went well.
	 * @throws AppError · LeaseLost · ConditionFailed when another try or a cancellation was quicker
	 */
	run(deps: JobDeps, lease: Lease, job: J): Promise<void>;
	/** Seconds after which what failed so may be tried again; null when it may not. */
	pause(deps: JobDeps, job: J, error: AppError): number | null;
	/** Ends the job in failure. @throws ConditionFailed when somebody ended it already */
	fail(deps: JobDeps, lease: Lease, job: J, error: AppError): Promise<void>;
	/** What is left to do once it is over. How it ended does not hang on it. */
	tidy(deps: JobDeps, job: J, ended: 'succeeded' | 'failed'): Promise<void>;
}
