// What a failed run does to the schedule that began it.
import { describe, expect, test } from 'vitest';
import { countFailure, MAX_SCHEDULED_FAILURES } from '../../../../../src/worker/entities/transform/failure';

const NOW = 10_000;
const daily = { schedule: '0 4 * * *' };
const failed = { trigger: 'schedule', code: 'user_code_error', now: NOW } as const;

describe('a schedule', () => {
	test('goes on after some failures, which are counted', () => {
		expect(countFailure(daily, failed)).toEqual({ scheduledFailures: 1 });
		const before = { ...daily, scheduledFailures: MAX_SCHEDULED_FAILURES - 2 };
		expect(countFailure(before, failed)).toEqual({ scheduledFailures: MAX_SCHEDULED_FAILURES - 1 });
	});

	test('pauses with the tenth in a row, and says why', () => {
		const before = { ...daily, scheduledFailures: MAX_SCHEDULED_FAILURES - 1 };
		const paused = { scheduledFailures: 10, pausedAt: NOW, pausedReason: 'failures' };
		expect(countFailure(before, failed)).toEqual(paused);
	});

	test('of somebody who is disabled pauses at once, whatever failed before', () => {
		const disabled = { ...failed, code: 'owner_disabled' };
		const paused = { pausedAt: NOW, pausedReason: 'owner_disabled' };
		expect(countFailure(daily, disabled)).toEqual({ scheduledFailures: 1, ...paused });
		expect(countFailure({ ...daily, scheduledFailures: 9 }, disabled)).toEqual({ scheduledFailures: 10, ...paused });
	});

	test('has nothing to do with runs that something else began', () => {
		const before = { ...daily, scheduledFailures: 50 };
		expect(countFailure(before, { ...failed, trigger: 'manual' })).toEqual({});
		expect(countFailure({ ...before, schedule: null }, failed)).toEqual({});
	});
});
