// The clock's tick sweeps once a day, also when the machine was asleep at the hour of the sweep.
import { expect, test } from 'vitest';
import { tick } from '../../../../../src/worker/entities/job/jobs';
import { ConditionFailed } from '../../../../../src/worker/infra/dynamo/port';

type Deps = Parameters<typeof tick>[0];

/** A store that knows the day of the last sweep, and says how often it was asked for it. */
function surroundings() {
	const sweeps: unknown[] = [];
	let asked = 0;
	let swept = '';
	const dynamo = {
		query: async () => [],
		batchGet: async () => [],
		async update({ update }: { update: unknown }) {
			asked += 1;
			const day = /\d{4}-\d\d-\d\d/.exec(JSON.stringify(update))![0];
			if (swept >= day) throw new ConditionFailed([0]);
			swept = day;
		},
	};
	const deps = {
		dynamo,
		objects: { async *list() {} },
		log: { info: (fields: { event: string }) => fields.event === 'sweep' && sweeps.push(fields) },
		now: () => 1,
	} as unknown as Deps;
	const at = (time: string) => tick(deps, Date.parse(`${time}Z`) / 1000);
	return { at, sweeps, asked: () => asked };
}

test('the sweep of a day is done at three, once, and asked for once an hour at most', async () => {
	const { at, sweeps, asked } = surroundings();
	for (const time of ['02:00', '02:59', '03:00', '03:00', '03:01', '03:59', '04:00']) await at(`2026-03-01T${time}`);
	expect([sweeps.length, asked()]).toEqual([1, 3]);
	await at('2026-03-02T03:00');
	expect(sweeps).toHaveLength(2);
});

test('one whose hour was missed is done at the next full hour', async () => {
	const { at, sweeps } = surroundings();
	await at('2026-03-01T09:12');
	await at('2026-03-01T10:00');
	await at('2026-03-01T11:00');
	expect(sweeps).toHaveLength(1);
});
