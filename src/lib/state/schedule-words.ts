// A schedule in words, in the reader's language. What our forms make has sentences of our own; the library that reads all of
// cron loads with the first line that needs it.
import { parseSchedule, WEEK, type Schedule } from '$lib/domain/schedule';
import { SCHEDULE_PROBLEMS, type ScheduleProblem } from '$lib/domain/schedule-problems';
import { m } from '$lib/paraglide/messages';
import { getLocale } from '$lib/paraglide/runtime';

/** `Every day at 06:00`; a line that cannot be read stays as it is. */
export async function scheduleInWords(cron: string): Promise<string> {
	const schedule = parseSchedule(cron);
	if (schedule.kind !== 'custom') return plainWords(schedule);
	const { cronInWords } = await import('./cron-words');
	return cronInWords(cron);
}

const problems = {
	zone: m.transform_problem_zone,
	fields: m.transform_problem_fields,
	never: m.transform_problem_never,
	unreadable: m.transform_problem_unreadable,
} satisfies Record<ScheduleProblem, () => string>;

/** A reason for which the API refuses a schedule or its zone; any other stays as it is. */
export function problemInWords(reason: string): string {
	const known = (Object.keys(problems) as ScheduleProblem[]).find((problem) => SCHEDULE_PROBLEMS[problem] === reason);
	return known ? problems[known]() : reason;
}

/** Days of the week by number, `Monday` or `Mon`. */
export function dayName(day: number, width: 'long' | 'short'): string {
	// 4 January 1970 was a Sunday.
	const date = new Date(Date.UTC(1970, 0, 4 + day));
	return new Intl.DateTimeFormat(getLocale(), { weekday: width, timeZone: 'UTC' }).format(date);
}

function plainWords(schedule: Exclude<Schedule, { kind: 'custom' }>): string {
	switch (schedule.kind) {
		case 'hourly':
			return schedule.minute === 0 ? m.transform_hourly() : m.transform_words_hourly({ minute: schedule.minute });
		case 'daily':
			return m.transform_words_daily({ time: schedule.time });
		case 'weekly':
			return weeklyWords(schedule);
		case 'monthly': {
			const { day, time } = schedule;
			return day === 'last' ? m.transform_words_last_day({ time }) : m.transform_words_monthly({ day, time });
		}
	}
}

function weeklyWords({ days, time }: { days: number[]; time: string }): string {
	if (days.length === WEEK.length) return m.transform_words_daily({ time });
	if (days.join() === '1,2,3,4,5') return m.transform_words_weekdays({ time });
	const names = days.map((day) => dayName(day, 'long'));
	return m.transform_words_weekly({ days: new Intl.ListFormat(getLocale()).format(names), time });
}
