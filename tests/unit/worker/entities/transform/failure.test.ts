// What a failed run does to the schedule that began it.
import { describe, expect, test } from 'vitest';
import { countFailure, MAX_SCHEDULED_FAILURES } from '../../../../../src/worker/entities/transform/failure';

const NOW = 10_000;
const daily = { schedule: '0 4 * * *' };
const failed = { trigger: 'schedule', code: 'user_code_error', now: NOW } as const;

describe('a schedule', () => {
	test('goes on after some failures, which are counted', () => {
		expect(countFailure(daily, failed)).toEqual({ fields: { scheduledFailures: 1 }, note: '' });
		const before = { ...daily, scheduledFailures: MAX_SCHEDULED_FAILURES - 2 };
		expect(countFailure(before, failed).fields).toEqual({ scheduledFailures: MAX_SCHEDULED_FAILURES - 1 });
	});

	test('pauses with the tenth in a row, and says how it goes on', () => {
		const { fields, note } = countFailure({ ...daily, scheduledFailures: MAX_SCHEDULED_FAILURES - 1 }, failed);
		expect(fields).toEqual({ scheduledFailures: 10, pausedAt: NOW });
		expect(note).toBe(
			' The schedule pauses as 10 of its runs in a row have failed: it goes on once the transform is saved, or run and goes well.',
		);
	});

	test('of somebody who is disabled pauses at once', () => {
		const { fields, note } = countFailure(daily, { ...failed, code: 'owner_disabled' });
		expect(fields).toEqual({ scheduledFailures: 1, pausedAt: NOW });
		expect(note).toContain('The schedule pauses now: it goes on once');
	});

	test('has nothing to do with runs that something else began', () => {
		const before = { ...daily, scheduledFailures: 50 };
		expect(countFailure(before, { ...failed, trigger: 'manual' })).toEqual({ fields: {}, note: '' });
		expect(countFailure({ ...before, schedule: null }, failed)).toEqual({ fields: {}, note: '' });
	});
});
