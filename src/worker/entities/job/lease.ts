// The lease on a job while it is worked on: renewed by itself, told about progress, and lost when somebody cancels the job
// or takes it over; then `signal` aborts and whatever was under way must leave nothing behind.
import type { JobStep } from '$lib/contracts/job';
import type { Deps } from '../../deps';
import { ConditionFailed } from '../../infra/dynamo/port';
import * as repository from './repository';

type LeaseDeps = Pick<Deps, 'dynamo' | 'settings' | 'now' | 'newId' | 'log'>;

/** Milliseconds between two notes of progress within one step. */
const NOTE_EVERY_MS = 1_000;

/** Milliseconds between two renewals at most: so long goes on what was cancelled. */
const MAX_RENEW_MS = 5_000;

export class LeaseLost extends Error {
	override readonly name = 'LeaseLost';
}

export class Lease {
	readonly #deps: LeaseDeps;
	readonly #controller = new AbortController();
	readonly #timer: ReturnType<typeof setInterval>;
	#state: repository.Beat;
	/** What the work has said so far. A change goes along with the next renewal, and is no write of its own. */
	log: string;
	#loggedAs: string;
	#notedAt = 0;
	#note: Promise<void> = Promise.resolve();

	private constructor(
		deps: LeaseDeps,
		readonly job: repository.JobItem,
		readonly holder: string,
	) {
		this.#deps = deps;
		this.#state = { step: job.step, progress: job.progress, versionId: job.versionId };
		this.log = this.#loggedAs = job.log ?? '';
		const renewEveryMs = Math.min((deps.settings.JOB_LEASE_SECONDS * 1000) / 4, MAX_RENEW_MS);
		this.#timer = setInterval(() => void this.#write().catch(() => undefined), renewEveryMs); // its loss aborts `signal`
	}

	/** Takes the lease; null when the job is over or somebody else works on it. */
	static async take(deps: LeaseDeps, jobId: string): Promise<Lease | null> {
		const holder = deps.newId('exec');
		const now = deps.now();
		const job = await repository.claim(deps.dynamo, jobId, {
			holder,
			now,
			until: now + deps.settings.JOB_LEASE_SECONDS,
		});
		return job && new Lease(deps, job, holder);
	}

	/** The version that is being written; null before there is one. */
	get versionId(): string | null {
		return this.#state.versionId;
	}

	/** Where the work is. */
	get step(): JobStep {
		return this.#state.step;
	}

	/** Aborts once the lease is lost. */
	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** Enters a step of the work. @throws LeaseLost */
	async enter(step: JobStep, versionId: string | null = this.#state.versionId): Promise<void> {
		if (step === this.#state.step && versionId === this.#state.versionId) return;
		this.#state = { step, versionId, progress: { done: 0, total: 0 } };
		await this.#write();
	}

	/** Says how far the present step is; written now and then. @throws LeaseLost */
	async progress(done: number, total: number): Promise<void> {
		this.signal.throwIfAborted();
		this.#state = { ...this.#state, progress: { done, total } };
		if (Date.now() - this.#notedAt >= NOTE_EVERY_MS) await this.#write();
	}

	/** Renews the lease no more; it ends by itself, or with the job. */
	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await this.#note.catch(() => undefined); // a lease that was lost meanwhile was lost
	}

	/** One write at a time, so that an old state never follows a newer one. */
	#write(): Promise<void> {
		this.#note = this.#note.catch(() => undefined).then(() => this.#renew());
		return this.#note;
	}

	async #renew(): Promise<void> {
		this.signal.throwIfAborted();
		this.#notedAt = Date.now();
		const { dynamo, settings } = this.#deps;
		const now = this.#deps.now();
		const { log } = this;
		try {
			await repository.beat(dynamo, this.job.jobId, this.holder, {
				...this.#state,
				...(log !== this.#loggedAs && { log }),
				now,
				until: now + settings.JOB_LEASE_SECONDS,
			});
			this.#loggedAs = log;
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			const lost = new LeaseLost(`job ${this.job.jobId} was cancelled or taken over`);
			this.#controller.abort(lost);
			throw lost;
		}
	}
}
