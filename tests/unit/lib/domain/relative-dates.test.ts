import { describe, expect, test } from 'vitest';
import { relativeRange } from '../../../../src/lib/contracts/filter';
import {
	addDays,
	dayInZone,
	isRelativeRange,
	RELATIVE_RANGES,
	resolveRelative,
} from '../../../../src/lib/domain/relative-dates';

describe('today', () => {
	const instant = new Date('2026-11-20T23:30:00Z');

	test('is the day of the zone, not of UTC', () => {
		expect(dayInZone(instant, 'UTC')).toBe('2026-11-20');
		expect(dayInZone(instant, 'Asia/Tokyo')).toBe('2026-11-21');
		expect(dayInZone(instant, 'America/Los_Angeles')).toBe('2026-11-20');
	});
});

describe('relative ranges', () => {
	test('are exactly those of the contract', () => {
		expect([...RELATIVE_RANGES].sort()).toEqual([...relativeRange.options].sort());
		expect(isRelativeRange('last-30d')).toBe(true);
		expect(isRelativeRange('toString')).toBe(false);
	});

	test.each([
		['today', '2026-11-21', '2026-11-21', '2026-11-21'],
		['yesterday', '2026-03-01', '2026-02-28', '2026-02-28'],
		['last-7d', '2026-11-21', '2026-11-15', '2026-11-21'],
		['last-30d', '2026-11-21', '2026-10-23', '2026-11-21'],
		['last-90d', '2026-11-21', '2026-08-24', '2026-11-21'],
		['last-12m', '2026-11-21', '2025-11-22', '2026-11-21'],
		['last-12m', '2028-02-29', '2027-03-01', '2028-02-29'],
		['this-month', '2026-02-10', '2026-02-01', '2026-02-28'],
		['last-month', '2026-01-31', '2025-12-01', '2025-12-31'],
		['last-month', '2028-03-31', '2028-02-01', '2028-02-29'],
		['this-quarter', '2026-11-21', '2026-10-01', '2026-12-31'],
		['this-year', '2026-11-21', '2026-01-01', '2026-12-31'],
		['last-year', '2026-11-21', '2025-01-01', '2025-12-31'],
	] as const)('%s on %s runs from %s to %s', (range, today, start, end) => {
		expect(resolveRelative(range, today)).toEqual({ start, end });
	});

	test('a year before 100 stays that year', () => {
		expect(addDays('0099-12-31', 1)).toBe('0100-01-01');
		expect(resolveRelative('this-year', '0050-05-05')).toEqual({ start: '0050-01-01', end: '0050-12-31' });
	});
});
