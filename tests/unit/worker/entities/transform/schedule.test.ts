import { describe, expect, test } from 'vitest';
import { nextTimes, problemsOf } from '../../../../../src/worker/entities/transform/schedule';

const seconds = (time: string) => Date.parse(time) / 1000;

/** The times of a schedule between two instants, as its ticks find them: each follows from the one before. */
function timesBetween(schedule: string, timeZone: string, from: string, to: string): string[] {
	const found: string[] = [];
	for (let at = seconds(from); ;) {
		const [next] = nextTimes({ schedule, timeZone }, at, 1);
		if (next === undefined || next >= seconds(to)) return found;
		found.push(new Date(next * 1000).toISOString().slice(0, 16));
		at = next;
	}
}

describe('a schedule across a change of daylight saving', () => {
	test('at a time that is skipped in spring comes once, at the end of the gap', () => {
		const times = timesBetween('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-31T00:00Z');
		expect(times).toEqual(['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30']);
	});

	test('at a time that is there twice in autumn comes once, the first time', () => {
		const times = timesBetween('30 2 * * *', 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-27T00:00Z');
		expect(times).toEqual(['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']);
	});

	test('does so on the other side of the Atlantic, at its own time', () => {
		expect(timesBetween('30 2 * * *', 'America/New_York', '2026-03-08T00:00Z', '2026-03-09T00:00Z')).toEqual([
			'2026-03-08T07:00',
		]);
		expect(timesBetween('30 1 * * *', 'America/New_York', '2026-11-01T00:00Z', '2026-11-02T00:00Z')).toEqual([
			'2026-11-01T05:30',
		]);
	});

	test('every half hour comes at every half hour that there is', () => {
		const spring = timesBetween('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:15Z', '2026-03-29T02:15Z');
		expect(spring).toEqual(['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30', '2026-03-29T02:00']);
		const autumn = timesBetween('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:45Z', '2026-10-25T02:15Z');
		expect(autumn).toHaveLength(5);
	});

	test('keeps its hour where there is none', () => {
		const times = timesBetween('0 9 * * *', 'Asia/Tokyo', '2026-10-24T00:00Z', '2026-10-27T00:00Z');
		expect(times).toEqual(['2026-10-25T00:00', '2026-10-26T00:00']);
	});
});

describe('a schedule', () => {
	test('tells its next times, however far', () => {
		const times = nextTimes({ schedule: '0 0 29 2 *', timeZone: 'UTC' }, seconds('2026-01-01T00:00Z'), 3);
		expect(times.map((time) => new Date(time * 1000).getUTCFullYear())).toEqual([2028, 2032, 2036]);
	});

	test('on a day of the month or of the week comes on both, as cron has it', () => {
		const times = timesBetween('0 0 13 * FRI', 'UTC', '2026-10-09T12:00Z', '2026-10-17T00:00Z');
		expect(times).toEqual(['2026-10-13T00:00', '2026-10-16T00:00']);
	});

	test('that is none has no times', () => {
		expect(nextTimes({ schedule: null, timeZone: 'UTC' }, 0, 3)).toEqual([]);
	});

	const now = seconds('2026-01-01T00:00Z');
	test.each(['* * * * *', '30 6 * * MON-FRI', '*/15 8-18 1,15 * *', '0 0 1 JAN *'])('is fine as %s', (schedule) => {
		expect(problemsOf({ schedule, timeZone: 'Europe/Berlin' }, now)).toEqual({});
	});

	test.each([
		['with seconds', '0 * * * * *'],
		['too short', '* * * *'],
		['of one word', '@daily'],
		['that is a date', '2026-10-24T22:00:00Z'],
		['with a minute that there is not', '61 * * * *'],
		['of a day that never comes', '0 0 31 2 *'],
		['of rubbish', 'a b c d e'],
	])('%s is refused', (_what, schedule) => {
		expect(Object.keys(problemsOf({ schedule, timeZone: 'UTC' }, now))).toEqual(['schedule']);
	});

	test.each(['Mars/Olympus', '', '+02:00', '../etc'])('in the zone %s is refused', (timeZone) => {
		expect(Object.keys(problemsOf({ schedule: '* * * * *', timeZone }, now))).toEqual(['timeZone']);
	});
});
