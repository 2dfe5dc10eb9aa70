import { describe, expect, test } from 'vitest';
import { become, parseSchedule, toCron, type Schedule } from '$lib/domain/schedule';

const known: [string, Schedule][] = [
	['15 * * * *', { kind: 'hourly', minute: 15 }],
	['30 6 * * *', { kind: 'daily', time: '06:30' }],
	['0 18 * * 1,4', { kind: 'weekly', days: [1, 4], time: '18:00' }],
	['5 0 1 * *', { kind: 'monthly', day: 1, time: '00:05' }],
	['0 23 L * *', { kind: 'monthly', day: 'last', time: '23:00' }],
];

describe('a line of cron', () => {
	test.each(known)('%s is a schedule of a form, and back', (cron, schedule) => {
		expect(parseSchedule(cron)).toEqual(schedule);
		expect(toCron(schedule)).toBe(cron);
	});

	test('names days in any way that cron knows', () => {
		const days = (field: string) => parseSchedule(`0 6 * * ${field}`);
		expect(days('MON-FRI')).toMatchObject({ kind: 'weekly', days: [1, 2, 3, 4, 5] });
		expect(days('sat,7')).toMatchObject({ kind: 'weekly', days: [6, 0] });
		expect(days('5-0')).toMatchObject({ kind: 'weekly', days: [5, 6, 0] });
		expect(days('0')).toMatchObject({ kind: 'weekly', days: [0] });
	});

	test.each([
		'*/5 * * * *',
		'0 8-18 * * *',
		'0 6 1 * 1',
		'0 6 * JAN *',
		'0 6 32 * *',
		'0 25 * * *',
		'0 6 * * 1#2',
		'0 6 * * 5-2',
		'0 6 * *',
		'',
	])('%s stays as it is typed', (cron) => {
		expect(parseSchedule(cron)).toEqual({ kind: 'custom', cron });
	});
});

test('another kind of schedule keeps the time of the one before', () => {
	const daily: Schedule = { kind: 'daily', time: '18:45' };
	expect(become('weekly', daily)).toEqual({ kind: 'weekly', days: [1], time: '18:45' });
	expect(become('custom', daily)).toEqual({ kind: 'custom', cron: '45 18 * * *' });
	expect(become('monthly', null)).toEqual({ kind: 'monthly', day: 1, time: '06:00' });
});
