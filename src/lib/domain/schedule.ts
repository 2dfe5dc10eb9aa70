// A schedule as people mean it: every hour, day, week or month; cron's five fields for anything else. Pure.

export type Schedule =
	| { kind: 'hourly'; minute: number }
	/** `time`: `06:00`, in the zone of the schedule. */
	| { kind: 'daily'; time: string }
	/** Days from 0, Sunday; sorted from Monday. */
	| { kind: 'weekly'; days: number[]; time: string }
	| { kind: 'monthly'; day: number | 'last'; time: string }
	| { kind: 'custom'; cron: string };
export type ScheduleKind = Schedule['kind'];

/** Days of the week in the order in which they are shown. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0];
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What five fields of cron mean; `custom` for all that no form of ours makes. */
export function parseSchedule(cron: string): Schedule {
	const custom = { kind: 'custom', cron } as const;
	const [minute, hour, day, month, weekdays, ...more] = cron.trim().split(/\s+/);
	if (!minute || !hour || !day || month !== '*' || !weekdays || more.length > 0 || !isBelow(minute, 60)) return custom;
	if (hour === '*') return day === '*' && weekdays === '*' ? { kind: 'hourly', minute: Number(minute) } : custom;
	if (!isBelow(hour, 24)) return custom;
	const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
	if (day === '*' && weekdays === '*') return { kind: 'daily', time };
	if (day === '*') {
		const days = parseDays(weekdays);
		return days ? { kind: 'weekly', days, time } : custom;
	}
	if (weekdays !== '*') return custom;
	if (day.toUpperCase() === 'L') return { kind: 'monthly', day: 'last', time };
	return isBelow(day, 32) && Number(day) > 0 ? { kind: 'monthly', day: Number(day), time } : custom;
}

/** The five fields. */
export function toCron(schedule: Schedule): string {
	switch (schedule.kind) {
		case 'hourly':
			return `${schedule.minute} * * * *`;
		case 'daily':
			return `${clock(schedule.time)} * * *`;
		case 'weekly':
			return `${clock(schedule.time)} * * ${WEEK.filter((day) => schedule.days.includes(day)).join(',')}`;
		case 'monthly':
			return `${clock(schedule.time)} ${schedule.day === 'last' ? 'L' : schedule.day} * *`;
		case 'custom':
			return schedule.cron.trim();
	}
}

/** Another kind of schedule that keeps what it can of this one. */
export function become(kind: ScheduleKind, from: Schedule | null): Schedule {
	const time = from && 'time' in from ? from.time : '06:00';
	switch (kind) {
		case 'hourly':
			return { kind, minute: 0 };
		case 'daily':
			return { kind, time };
		case 'weekly':
			return { kind, days: [1], time };
		case 'monthly':
			return { kind, day: 1, time };
		case 'custom':
			return { kind, cron: toCron(from ?? { kind: 'daily', time }) };
	}
}

function isBelow(text: string, limit: number): boolean {
	return /^\d{1,2}$/.test(text) && Number(text) < limit;
}

/** `30 6` for `06:30`. */
function clock(time: string): string {
	const [hour, minute] = time.split(':').map(Number);
	return `${minute ?? 0} ${hour ?? 0}`;
}

/** `1-5`, `MON,THU`, `0` or `7` for Sunday; null for what is no plain list of days. */
function parseDays(field: string): number[] | null {
	const days = new Set<number>();
	for (const part of field.toLowerCase().split(',')) {
		const [from, to, ...more] = part.split('-').map(dayOf);
		if (from === undefined || from === null || to === null || more.length > 0) return null;
		const end = to === 0 && from > 0 ? 7 : (to ?? from);
		if (end < from) return null;
		for (let day = from; day <= end; day++) days.add(day % 7);
	}
	return WEEK.filter((day) => days.has(day));
}

function dayOf(text: string): number | null {
	if (/^[0-7]$/.test(text)) return Number(text) % 7;
	const named = DAY_NAMES.indexOf(text);
	return named < 0 ? null : named;
}
