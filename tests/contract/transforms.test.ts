// Transforms by REST: written, run, watched, deleted; and one of a million rows.
import { beforeAll, describe, expect, test } from 'vitest';
import { expectNotThere, newDataset, newPerson, type Answer, type Person } from './api';

let owner: Person;
let stranger: Person;
let datasetId: string;
beforeAll(async () => {
	[owner, stranger] = await Promise.all([newPerson('Olga'), newPerson('Sven')]);
	datasetId = await newDataset(owner);
});

const CODE = 'def transform(inputs, params):\n    print("hello")\n    return inputs["Sales"]\n';
const write = (fields: Record<string, unknown> = {}, by = owner) =>
	by.post('/transforms', { name: ' Copy ', input_dataset_ids: [datasetId], code: CODE, ...fields });

/** Runs it and waits until it is over. */
async function run(transformId: string, seconds = 60): Promise<Answer['data']> {
	const begun = await owner.post(`/transforms/${transformId}/execute`);
	expect(begun.status).toBe(202);
	expect(begun.data).toMatchObject({ transform_id: transformId, status: 'running', finished_at: null, error: null });
	const path = `/transforms/${transformId}/executions/${begun.data.execution_id}`;
	for (const deadline = Date.now() + seconds * 1000; ; await new Promise((done) => setTimeout(done, 200))) {
		const { data } = await owner.get(path);
		if (data.status !== 'running') return data;
		if (Date.now() > deadline) throw new Error(`${path} goes on: ${data.step}`);
	}
}

describe('a transform', () => {
	test('is made, read, changed and deleted', async () => {
		const made = await write({ params: { topN: 3 }, schedule: '30 6 * * *', time_zone: 'Europe/Berlin' });
		expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
		expect(made.data).toMatchObject({
			name: 'Copy',
			owner: { user_id: owner.userId, name: 'Olga' },
			input_dataset_ids: [datasetId],
			output_dataset_id: null,
			code: CODE,
			params: { topN: 3 },
			schedule: '30 6 * * *',
			time_zone: 'Europe/Berlin',
			revision: 1,
		});
		expect(made.data.transform_id).toMatch(/^tf_[0-9a-z]{12,}$/);
		expect(made.data.next_runs).toHaveLength(3);
		const path = `/transforms/${made.data.transform_id}`;
		expect((await owner.get(path)).data).toEqual(made.data);
		const changed = await owner.send('PUT', path, { schedule: null }, { 'If-Match': '"1"' });
		expect(changed.data).toMatchObject({ schedule: null, next_runs: [], code: CODE, revision: 2 });
		const late = await owner.send('PUT', path, { name: 'X' }, { 'If-Match': '"1"' });
		expect([late.status, late.error.code]).toEqual([409, 'REVISION_CONFLICT']);
		const { body } = await owner.get('/transforms?q=copy');
		expect(body.data[0]).not.toHaveProperty('code');
		expect(body.pagination).toMatchObject({ total: 1, limit: 50, offset: 0, has_next: false });
		expect((await owner.remove(path)).status).toBe(204);
		expectNotThere(await owner.get(path));
		expectNotThere(await owner.remove(path));
	});

	test.each([
		['code', { code: 'x = 1' }],
		['schedule', { schedule: 'whenever' }],
		['schedule', { schedule: '0 0 31 2 *' }],
		['time_zone', { time_zone: 'Mars/Olympus' }],
		['input_dataset_ids.1', (id: string) => ({ input_dataset_ids: [id, 'ds_0000000000000000'] })],
		['input_dataset_ids', { input_dataset_ids: 'x' }],
		['params', { params: [] }],
		['name', { name: '' }],
	])('with a bad %s is refused and named', async (field, fields) => {
		const { status, error } = await write(typeof fields === 'function' ? fields(datasetId) : fields);
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});

	test('is not there for strangers, and neither are its runs', async () => {
		const { data } = await write();
		const path = `/transforms/${data.transform_id}`;
		for (const ask of [
			stranger.get(path),
			stranger.put(path, { name: 'X' }),
			stranger.remove(path),
			stranger.post(`${path}/execute`),
			stranger.get(`${path}/executions`),
			stranger.get(`${path}/executions/exec_0000000000000000`),
			owner.get(`${path}/executions/exec_0000000000000000`),
			owner.get(`${path}/executions/nonsense`),
			owner.post(`${path}/executions/exec_0000000000000000/cancel`),
		])
			expectNotThere(await ask);
		expect((await stranger.get('/transforms')).body.pagination.total).toBe(0);
	});
});

describe('a run', () => {
	test('is accepted, watched and kept, and makes a dataset that is not to be deleted', async () => {
		const { transform_id: id } = (await write()).data;
		const done = await run(id);
		expect(done).toMatchObject({ status: 'succeeded', trigger: 'manual', log: 'hello\n', error: null });
		expect(done.row_count).toBeGreaterThan(0);
		const { data, pagination } = (await owner.get(`/transforms/${id}/executions`)).body;
		expect([data, pagination.total]).toEqual([[done], 1]);
		const { output_dataset_id: outputId } = (await owner.get(`/transforms/${id}`)).data;
		const output = await owner.get(`/datasets/${outputId}`);
		expect(output.data).toMatchObject({ name: 'Copy', source_type: 'transform', row_count: done.row_count });
		const user = { id, kind: 'transform', name: 'Copy' };
		for (const [used, by] of [
			[outputId, { ...user, makes: true }],
			[datasetId, user],
		]) {
			const refused = await owner.remove(`/datasets/${used}`);
			expect([refused.status, refused.error.code]).toEqual([409, 'IN_USE']);
			expect(refused.error.details.used_by).toContainEqual(by);
		}
	});

	test('goes on alone, and ends when somebody ends it', async () => {
		const code = 'import time\ndef transform(inputs, params):\n    time.sleep(100)\n';
		const { transform_id: id } = (await write({ code })).data;
		const begun = await owner.post(`/transforms/${id}/execute`);
		const again = await owner.post(`/transforms/${id}/execute`);
		expect([again.status, again.error.code]).toEqual([409, 'ALREADY_RUNNING']);
		const path = `/transforms/${id}/executions/${begun.data.execution_id}`;
		const ended = await owner.post(`${path}/cancel`);
		expect([ended.status, ended.data.status]).toEqual([200, 'cancelled']);
		expect((await owner.get(path)).data).toEqual(ended.data);
	});

	test('that fails says why, and where', async () => {
		const { transform_id: id } = (await write({ code: 'def transform(inputs, params):\n    return 1 / 0\n' })).data;
		const { status, error } = await run(id);
		expect(status).toBe('failed');
		expect(error).toMatchObject({ code: 'user_code_error', line: 2, message: expect.stringContaining('division') });
		expect((await owner.get('/auth/me')).data.failed_transforms).toEqual([id]);
	});

	test('of a million rows by ten columns goes through the whole product within a minute', async () => {
		const code = `import numpy as np
import pandas as pd
def transform(inputs, params):
    n = 1_000_000
    rng = np.random.default_rng(7)
    columns = {f"v{i}": rng.normal(size=n) for i in range(6)}
    columns |= {"id": np.arange(n), "kind": np.array(["a", "b", "c", "d"])[rng.integers(0, 4, n)]}
    columns |= {"day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D"), "flag": rng.random(n) < 0.5}
    return pd.DataFrame(columns)
`;
		const { transform_id: id } = (await write({ code, input_dataset_ids: [], name: 'Million' })).data;
		expect(await run(id)).toMatchObject({ status: 'succeeded', row_count: 1_000_000 });
		const { output_dataset_id: million } = (await owner.get(`/transforms/${id}`)).data;
		const totals = `def transform(inputs, params):
    return inputs["Million"].sort_values("v0")
`;
		const second = (await write({ code: totals, input_dataset_ids: [million], name: 'Sorted' })).data.transform_id;
		const started = Date.now();
		expect(await run(second)).toMatchObject({ status: 'succeeded', row_count: 1_000_000 });
		expect(Date.now() - started).toBeLessThan(60_000);
		const { output_dataset_id: sorted } = (await owner.get(`/transforms/${second}`)).data;
		const { data } = await owner.get(`/datasets/${sorted}/preview?limit=3`);
		expect(data).toMatchObject({ total_rows: 1_000_000, preview_rows: 3 });
		expect(data.rows[0][0]).toBeLessThan(-4);
	}, 150_000);
});

describe('other questions', () => {
	test('a preview shows the first rows of what code would make', async () => {
		const { data, status } = await owner.post('/transforms/preview', { code: CODE, input_dataset_ids: [datasetId] });
		expect(status).toBe(200);
		expect(data).toMatchObject({ stdout: 'hello\n', truncated: false, warnings: [] });
		expect(data.columns[0]).toEqual({
			name: expect.any(String),
			type: expect.any(String),
			nullable: expect.any(Boolean),
			zoned: false,
		});
		const failing = { code: 'def transform(inputs, params):\n    return x\n', input_dataset_ids: [] };
		const refused = await owner.post('/transforms/preview', failing);
		expect([refused.status, refused.error.code, refused.error.details.line]).toEqual([422, 'CARD_CODE_ERROR', 2]);
	});

	test('the next times of a schedule', async () => {
		const { data } = await owner.get('/transforms/next-runs?schedule=0%209%20*%20*%20*&time_zone=Asia/Tokyo');
		expect(data).toHaveLength(3);
		expect(data[0]).toMatch(/T00:00:00/);
		const { status, error } = await owner.get('/transforms/next-runs?schedule=x&time_zone=UTC');
		expect([status, Object.keys(error.details.fields)]).toEqual([400, ['schedule']]);
	});
});
