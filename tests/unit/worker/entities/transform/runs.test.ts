// Cancelling a run while something else happens to its transform.
import { expect, test } from 'vitest';
import { ConditionFailed, type Dynamo, type Item, type Write } from '../../../../../src/worker/infra/dynamo/port';
import { endRun } from '../../../../../src/worker/entities/transform/runs';

type Deps = Parameters<typeof endRun>[0];
type Job = Parameters<typeof endRun>[1];

const NOW = 10_000;
const DAY = 24 * 60 * 60;
const ids = { transformId: 'tf_0000000000000001', executionId: 'exec_0000000000000002' };
const job = {
	...ids,
	kind: 'transform',
	jobId: 'job_0000000000000003',
	datasetId: 'ds_0000000000000004',
	ownerId: 'user_0000000000000006',
	startedAt: 9_000,
	status: 'running',
	step: 'run',
	progress: { done: 0, total: 1 },
	versionId: 'ver_0000000000000005',
	tries: 1,
	holder: 'exec_0000000000000008',
	log: 'said so far\n',
	error: null,
	createdAt: 9_000,
	updatedAt: 9_000,
} satisfies Job;
const running = { executionId: ids.executionId, jobId: job.jobId, startedAt: 9_000 };
const transform: Item = {
	...ids,
	ownerId: 'user_0000000000000006',
	name: 'T',
	code: '',
	params: '{}',
	inputs: [],
	outputDatasetId: null,
	schedule: null,
	timeZone: 'UTC',
	runOnInput: false,
	running,
	lastRun: null,
	runs: 1,
	revision: 1,
	createdAt: 1,
	updatedAt: 1,
};

/** A store that has these states of the transform one after the other; the write fails on all but the last. */
function surroundings(...states: Item[]) {
	const written: string[] = [];
	const dropped: string[] = [];
	const dynamo = {
		batchGet: async () => [states.length > 1 ? states.shift() : states[0], job],
		async transact(writes: Write[]) {
			written.push(JSON.stringify(writes));
			if (written.length <= failing) throw new ConditionFailed([2]);
		},
	} as unknown as Dynamo;
	const failing = states.length - 1;
	const deps = {
		access: { wrote: async () => undefined },
		dynamo,
		now: () => NOW,
		objects: { removeAll: async (prefix: string) => dropped.push(prefix) },
	} as unknown as Deps;
	return { deps, written, dropped };
}

test('a run that is cancelled while its schedule changes is next due by the new one', async () => {
	const { deps, written, dropped } = surroundings(transform, { ...transform, revision: 2, schedule: '0 0 * * *' });
	await endRun(deps, job);
	expect(written).toHaveLength(2);
	expect(written[0]).not.toContain(String(DAY));
	expect(written[1]).toContain(String(DAY));
	expect(dropped).toEqual([`datasets/${job.datasetId}/versions/${job.versionId}/`]);
});

test('a run that is cancelled keeps what it had printed as of its last beat', async () => {
	const { deps, written } = surroundings(transform);
	await endRun(deps, { ...job, log: 'read earlier' });
	expect(written).toHaveLength(1);
	expect(written[0]).toContain('said so far');
});

test('a run that ends a moment before it is cancelled stays as it ended, with what it stored', async () => {
	const { deps, written, dropped } = surroundings(transform, { ...transform, running: undefined });
	await endRun(deps, job);
	expect(written).toHaveLength(1);
	expect(dropped).toEqual([]);
});

test('a run of a transform that runs again since is over', async () => {
	const again = { ...transform, running: { ...running, jobId: 'job_0000000000000007' } };
	const { deps, written, dropped } = surroundings(again);
	await endRun(deps, job);
	expect([written, dropped]).toEqual([[], []]);
});
