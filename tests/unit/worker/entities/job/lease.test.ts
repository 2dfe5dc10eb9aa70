// What a lease writes: a beat now and then, and with it what the work has said since.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lease, LeaseLost } from '../../../../../src/worker/entities/job/lease';
import { ConditionFailed, type Dynamo, type Item, type Update } from '../../../../../src/worker/infra/dynamo/port';

const job: Item = {
	jobId: 'job_0000000000000001',
	kind: 'transform',
	ownerId: 'user_0000000000000002',
	datasetId: 'ds_0000000000000003',
	transformId: 'tf_0000000000000004',
	executionId: 'exec_0000000000000005',
	startedAt: 1,
	status: 'running',
	step: 'run',
	progress: { done: 0, total: 1 },
	versionId: null,
	tries: 1,
	holder: 'exec_0000000000000006',
	error: null,
	createdAt: 1,
	updatedAt: 1,
};

/** Takes a lease; `beats` are the logs that were written with each, undefined where none was. */
async function taken(before: Item = {}, isLost: () => boolean = () => false) {
	const beats: unknown[] = [];
	const dynamo = {
		async update({ update, condition }: Update) {
			if (JSON.stringify(condition).includes('leaseUntil')) return { ...job, ...before }; // the claim
			if (isLost()) throw new ConditionFailed([0]);
			const at = update.findIndex((token) => 'attribute' in token && token.attribute === 'log');
			beats.push(at < 0 ? undefined : (update[at + 2] as { value: unknown }).value);
			return job;
		},
	} as unknown as Dynamo;
	const deps = { dynamo, settings: { JOB_LEASE_SECONDS: 60 }, now: () => 1, newId: () => job['holder'] };
	const lease = await Lease.take(deps as unknown as Parameters<typeof Lease.take>[0], String(job['jobId']));
	return { lease: lease!, beats };
}
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('what is said goes along with the beats, every five seconds and with each step, and only where there is more', async () => {
	const { lease, beats } = await taken();
	for (let line = 1; line <= 12; line += 1) {
		lease.log += `${line}\n`;
		await pass(1);
	}
	expect(beats).toEqual(['1\n2\n3\n4\n5\n', '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n']);
	await lease.enter('write');
	expect(beats[2]).toContain('12\n');
	await pass(20);
	expect(beats.slice(3)).toEqual([undefined, undefined, undefined, undefined]);
	await lease.stop();
});

test('what was said before somebody died goes on, and is not written again', async () => {
	const { lease, beats } = await taken({ log: 'said before\n' });
	expect(lease.log).toBe('said before\n');
	await pass(5);
	expect(beats).toEqual([undefined]);
	await lease.stop();
});

test('what was said until the lease was lost is still known to whoever lost it', async () => {
	const { lease, beats } = await taken({}, () => true);
	lease.log += 'said too late\n';
	await pass(5);
	expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
	expect([lease.log, beats]).toEqual(['said too late\n', []]);
	await lease.stop();
});
