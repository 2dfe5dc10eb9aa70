// When a schedule runs: five fields of cron, read in a time zone. A time that daylight saving skips or repeats comes once. Pure.
import { Cron } from 'croner';
import { SCHEDULE_PROBLEMS } from '$lib/domain/schedule-problems';

export interface Schedule {
	/** Null: never by itself. */
	schedule: string | null;
	/** IANA's name of a zone. */
	timeZone: string;
	/** UNIX seconds since which it pauses, and so has no next times; absent: it does not. */
	pausedAt?: number | undefined;
}

/** What is wrong with a schedule, by field; empty when nothing is. @param now UNIX seconds */
export function problemsOf({ schedule, timeZone }: Schedule, now: number): Record<string, string> {
	if (!isZone(timeZone)) return { timeZone: SCHEDULE_PROBLEMS.zone };
	if (schedule === null) return {};
	if (schedule.split(/\s+/).length !== FIELDS) return { schedule: SCHEDULE_PROBLEMS.fields };
	try {
		return nextTimes({ schedule, timeZone }, now, 1).length > 0 ? {} : { schedule: SCHEDULE_PROBLEMS.never };
	} catch {
		return { schedule: SCHEDULE_PROBLEMS.unreadable };
	}
}

/** The next times after `after`, at most `count`; all in UNIX seconds. */
export function nextTimes({ schedule, timeZone, pausedAt }: Schedule, after: number, count: number): number[] {
	if (schedule === null || pausedAt !== undefined) return [];
	const cron = new Cron(schedule, { timezone: timeZone, mode: '5-part', paused: true });
	return cron.nextRuns(count, new Date(after * 1000)).map((time) => time.getTime() / 1000);
}

/** The next time after `after`; null when there is none. */
export function nextTime(schedule: Schedule, after: number): number | null {
	return nextTimes(schedule, after, 1)[0] ?? null;
}

const FIELDS = 5;

function isZone(name: string): boolean {
	try {
		// Offsets such as +02:00 are understood as well, and know no daylight saving.
		return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '' && !/^[+-]/.test(name);
	} catch {
		return false;
	}
}
