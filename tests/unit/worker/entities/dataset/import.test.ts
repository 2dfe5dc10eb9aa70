// What a caller is told about an import when a service around it fails.
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../../../src/worker/access/access';
import { importFile } from '../../../../../src/worker/entities/dataset/service';
import { tick } from '../../../../../src/worker/entities/job/jobs';

type ImportDeps = Parameters<typeof importFile>[0];
type TickDeps = Parameters<typeof tick>[0];

const actor = { user: { userId: 'user_0000000000000001', name: 'Ada' } } as Actor;
const upload = {
	uploadId: 'up_0000000000000002',
	fileName: 'a.csv',
	size: 20_000_000,
	status: 'complete',
	expiresAt: 9,
};

/** A queue that takes nothing, and the log's lines about it. */
function deafQueue() {
	const logged: unknown[] = [];
	const queue = { send: () => Promise.reject(new Error('the queue does not answer')) };
	return { queue, logged, log: { error: (fields: unknown) => logged.push(fields), info: () => undefined } };
}

describe('a queue that does not answer', () => {
	test('loses no import: the job is stored, the caller is told that it goes on, and the tick nudges it', async () => {
		const { queue, log, logged } = deafQueue();
		const written: unknown[] = [];
		const deps = {
			access: { require: async () => ({ item: upload }) },
			audit: { record: async () => undefined },
			dynamo: { transact: async (writes: unknown[]) => void written.push(...writes) },
			queue,
			log,
			settings: { SMALL_IMPORT_BYTES: 10_000_000 },
			now: () => 1,
			newId: (prefix: string) => `${prefix}_0000000000000003`,
		} as unknown as ImportDeps;
		const dataset = await importFile(deps, actor, { uploadId: upload.uploadId, name: 'Large', options: {} });
		expect(dataset).toMatchObject({ status: 'importing', jobId: 'job_0000000000000003' });
		expect(written).toContainEqual({ put: expect.objectContaining({ table: 'jobs' }) });
		expect(logged).toEqual([expect.objectContaining({ event: 'job.nudge', job: 'job_0000000000000003' })]);
	});

	test('keeps the tick from nothing: every job that is due is tried', async () => {
		const { queue, log, logged } = deafQueue();
		const due = [{ jobId: 'job_0000000000000004' }, { jobId: 'job_0000000000000005' }];
		const query = async ({ table }: { table: string }) => (table === 'jobs' ? due : []);
		await tick({ dynamo: { query }, queue, log, now: () => 1 } as unknown as TickDeps, 60);
		expect(logged).toHaveLength(2);
	});
});
