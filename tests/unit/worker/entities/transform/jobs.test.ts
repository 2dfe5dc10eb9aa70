// How a run ends when what is around it fails: it is never repeated once it began, waits while it has not, and what hostile code sends
// becomes nobody's data.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../../../src/worker/entities/job/jobs';
import { AppError } from '../../../../../src/worker/errors';
import {
	ConditionFailed,
	type Dynamo,
	type Item,
	type KeyOf,
	type Write,
} from '../../../../../src/worker/infra/dynamo/port';
import { ExecutorProblem } from '../../../../../src/worker/infra/executor/port';

type JobDeps = Parameters<typeof run>[0];

const NOW = 10_000;
const ids = {
	jobId: 'job_0000000000000001',
	ownerId: 'user_0000000000000002',
	datasetId: 'ds_0000000000000003',
	transformId: 'tf_0000000000000004',
	executionId: 'exec_0000000000000005',
};
const job = {
	...ids,
	kind: 'transform',
	startedAt: 9_000,
	status: 'running',
	step: 'queued',
	progress: { done: 0, total: 0 },
	versionId: null,
	tries: 1,
	holder: 'exec_0000000000000006',
	leaseUntil: 20_000,
	shard: '0',
	error: null,
	createdAt: 9_000,
	updatedAt: 9_000,
};
const stored: Record<string, Item> = {
	transforms: {
		...ids,
		name: 'T',
		code: 'def transform(inputs, params): return 1',
		params: '{}',
		inputs: [],
		outputDatasetId: null,
		schedule: null,
		timeZone: 'UTC',
		runOnInput: false,
		running: { executionId: ids.executionId, jobId: ids.jobId, startedAt: 9_000 },
		lastRun: null,
		runs: 1,
		revision: 1,
		createdAt: 1,
		updatedAt: 1,
	},
	transform_executions: {
		...ids,
		startedAt: 9_000,
		number: 1,
		startedBy: null,
		trigger: 'manual',
		status: 'running',
		step: 'queued',
		finishedAt: null,
		rowCount: null,
		versionId: null,
		error: null,
		log: '',
		warnings: [],
	},
	users: {
		userId: ids.ownerId,
		email: 'a@example.com',
		name: 'A',
		role: 'user',
		groupIds: [],
		createdAt: 1,
		updatedAt: 1,
	},
};
const digest = 'a'.repeat(64);
const frames = {
	fetch: { frame: { type: 'progress', step: 'fetch', done: 0, total: 0 }, body: null },
	ok: {
		frame: {
			type: 'result',
			status: 'ok',
			manifest: { rows: 0, columns: [], partitionColumn: null, files: [] },
			rows: { input: 0, output: 0 },
			stdout: '',
			warnings: [],
		},
		body: null,
	},
	failed: (code: string) => ({
		frame: { type: 'result', status: 'error', code, message: 'M', stdout: 'said' },
		body: null,
	}),
};

interface Around {
	before?: Item;
	sends?: () => AsyncGenerator<unknown>;
	transact?: (writes: readonly Write[]) => Promise<void>;
	items?: Record<string, Item>;
}

/** A job's surroundings: what is written is kept. */
function surroundings({ before = {}, sends, transact = async () => {}, items = {} }: Around) {
	const written: string[] = [];
	const dropped: string[] = [];
	const audited: string[] = [];
	const logged: unknown[] = [];
	let runs = 0;
	const find = ({ table }: KeyOf) => items[table] ?? stored[table] ?? null;
	const note = (write: unknown) => written.push(JSON.stringify(write));
	const dynamo = {
		get: async (of: KeyOf) => find(of),
		batchGet: async (keys: KeyOf[]) => keys.map(find),
		query: async () => [],
		async update(write: unknown) {
			note(write);
			return { ...job, ...before };
		},
		async transact(writes: readonly Write[]) {
			writes.forEach(note);
			await transact(writes);
		},
	} as unknown as Dynamo;
	const deps = {
		access: { wrote: async () => undefined },
		audit: { record: async ({ action }: { action: string }) => audited.push(action) },
		dynamo,
		objects: {
			async *list() {},
			put: async () => ({ bytes: 1, etag: 'e' }),
			removeAll: async (prefix: string) => dropped.push(prefix),
		},
		executor: {
			transform: async function* (_call: unknown, signal: AbortSignal) {
				runs += 1;
				if (sends) return yield* sends();
				await new Promise((_done, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
			},
		},
		image: async () => 'image',
		queue: { send: async () => undefined },
		settings: { JOB_LEASE_SECONDS: 3_600, ZONE: 'UTC' },
		now: () => NOW,
		newId: (prefix: string) => `${prefix}_0000000000000007`,
		log: { info: () => undefined, error: (fields: unknown) => logged.push(fields) },
	} as unknown as JobDeps;
	const wrote = (text: string) => written.filter((one) => one.includes(text));
	return { deps, dropped, audited, logged, wrote, runs: () => runs };
}

const VERSION = `datasets/${ids.datasetId}/versions/ver_0000000000000007/`;
const sending = (...some: unknown[]) =>
	async function* () {
		yield* some;
	};
const failing = (error: Error, ...some: unknown[]) =>
	async function* (): AsyncGenerator<unknown> {
		yield* some;
		throw error;
	};
const refusing = (error: Error) => failing(error);
const busy = new AppError('BUSY', {
	cause: new ExecutorProblem({ status: 'error', code: 'busy', message: 'Too much is running.' }),
});

afterEach(() => vi.useRealTimers());

describe('a run', () => {
	test('for which there is no place waits and begins again, from the beginning', async () => {
		const { deps, wrote } = surroundings({ sends: refusing(busy) });
		expect(await run(deps, ids.jobId)).toEqual({ status: 'later' });
		expect(wrote('"queued"')).toHaveLength(1);
		expect(wrote('"failed"')).toEqual([]);
	});

	test('whose place in the queue went to somebody else waits, too', async () => {
		const { deps } = surroundings({ sends: sending(frames.failed('busy')) });
		expect(await run(deps, ids.jobId)).toEqual({ status: 'later' });
	});

	test('that waited for its turn as long as a Worker may comes again later', async () => {
		vi.useFakeTimers();
		const { deps } = surroundings({});
		const outcome = run(deps, ids.jobId);
		await vi.advanceTimersByTimeAsync(9 * 60 * 1000);
		expect(await outcome).toEqual({ status: 'later' });
	});

	test('that found no place for an hour has failed, and says so', async () => {
		const { deps, wrote } = surroundings({ before: { createdAt: NOW - 3_601 }, sends: refusing(busy) });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect(wrote('"code"').some((one) => one.includes('"busy"'))).toBe(true);
	});

	test.each([
		['says that it was lost', sending(frames.fetch, frames.failed('executor_lost'))],
		['stops in the middle', refusing(new AppError('UPSTREAM_UNAVAILABLE'))],
		['ends without a word', sending(frames.fetch)],
		['says “busy” once it has begun', sending(frames.fetch, frames.failed('busy'))],
		['breaks off as “busy” once it has begun', failing(busy, frames.fetch)],
	])('whose executor %s has failed, and is not repeated', async (_what, sends) => {
		const { deps, wrote, dropped, runs } = surroundings({ sends });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect(wrote('"interrupted"')).toHaveLength(1);
		expect([runs(), dropped]).toEqual([1, [VERSION]]);
	});

	test.each(['fetch', 'run', 'store', 'flip'])('that somebody died of in “%s” is not repeated', async (step) => {
		const { deps, wrote, dropped, runs } = surroundings({ before: { step, versionId: 'ver_0000000000000009' } });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect(wrote('"interrupted"')).toHaveLength(1);
		expect(runs()).toBe(0);
		expect(dropped).toEqual([`datasets/${ids.datasetId}/versions/ver_0000000000000009/`]);
	});

	test('that somebody died of after its last write has succeeded: others are told, and nothing is dropped', async () => {
		const execution = { ...stored.transform_executions, status: 'succeeded' };
		const { deps, dropped, runs, wrote } = surroundings({
			before: { step: 'flip', versionId: 'ver_0000000000000009' },
			items: { transform_executions: execution },
		});
		expect(await run(deps, ids.jobId)).toEqual({ status: 'succeeded' });
		expect([runs(), dropped]).toEqual([0, []]);
		expect(wrote('"failed"')).toEqual([]);
	});

	test('that was made is told of ten times at most, and the log hears of it once', async () => {
		const items = { transform_executions: { ...stored.transform_executions, status: 'succeeded' } };
		const before = (tries: number) => ({ step: 'flip', versionId: 'ver_0000000000000009', tries });
		const unheard = surroundings({
			before: before(10),
			items,
			transact: () => Promise.reject(new ConditionFailed([0])),
		});
		unheard.deps.access.wrote = () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE'));
		expect(await run(unheard.deps, ids.jobId)).toEqual({ status: 'elsewhere' });
		expect([unheard.audited, unheard.logged.length]).toEqual([[], 1]);
		const given = surroundings({ before: before(11), items });
		given.deps.access.wrote = unheard.deps.access.wrote;
		expect(await run(given.deps, ids.jobId)).toEqual({ status: 'succeeded' });
		expect(given.logged).toEqual([expect.objectContaining({ event: 'job.untold' })]);
		const told = surroundings({ before: before(10), items });
		expect(await run(told.deps, ids.jobId)).toEqual({ status: 'succeeded' });
		expect(told.audited).toEqual(['TRANSFORM_EXECUTED']);
	});

	test('whose last write got no answer keeps what it stored: it may be the output by now', async () => {
		const transact = (writes: readonly Write[]) =>
			JSON.stringify(writes).includes('dataset_versions')
				? Promise.reject(new AppError('UPSTREAM_UNAVAILABLE'))
				: Promise.reject(new ConditionFailed([1]));
		const { deps, dropped } = surroundings({ sends: sending(frames.fetch, frames.ok), transact });
		expect(await run(deps, ids.jobId)).toEqual({ status: 'elsewhere' });
		expect(dropped).toEqual([]);
	});

	test('that was cancelled before its last write leaves nothing behind', async () => {
		const transact = () => Promise.reject(new ConditionFailed([0]));
		const { deps, dropped } = surroundings({ sends: sending(frames.fetch, frames.ok), transact });
		expect(await run(deps, ids.jobId)).toEqual({ status: 'elsewhere' });
		expect(dropped).toEqual([VERSION]);
	});

	test('of somebody who is disabled does not begin', async () => {
		const users = { ...stored.users, disabledAt: 1 };
		const { deps, wrote, runs } = surroundings({ items: { users } });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect([wrote('"owner_disabled"').length, runs()]).toEqual([1, 0]);
	});

	test('whose columns have names that nobody can keep returned nothing that can be stored', async () => {
		const column = { type: 'int64', nullable: false, zoned: false, nullCount: 0, exact: true };
		const columns = Array.from({ length: 2_000 }, (_none, at) => ({ ...column, name: `${at}`.padEnd(255, 'x') }));
		const wide = { ...frames.ok.frame, manifest: { ...frames.ok.frame.manifest, columns } };
		const { deps, wrote } = surroundings({ sends: sending(frames.fetch, { frame: wide, body: null }) });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect(wrote('"invalid_result"')).toHaveLength(1);
	});

	test('that claims a file which never came has failed', async () => {
		const file = { path: 'data/part-0000.parquet', rows: 1, bytes: 5, sha256: digest, partition: null };
		const forged = { ...frames.ok.frame, manifest: { ...frames.ok.frame.manifest, rows: 1, files: [file] } };
		const { deps, dropped } = surroundings({ sends: sending(frames.fetch, { frame: forged, body: null }) });
		expect(await run(deps, ids.jobId)).toMatchObject({ status: 'failed' });
		expect(dropped).toEqual([VERSION]);
	});
});
