// Why a schedule is refused, as the API says it: one list, so that pages know each reason and say it in the reader's language.

export const SCHEDULE_PROBLEMS = {
	zone: 'is not a time zone, such as Europe/Berlin',
	fields: 'must have five fields: minute, hour, day of the month, month, day of the week',
	never: 'names a day that never comes',
	unreadable: 'cannot be read: write it like 30 6 * * MON-FRI',
} as const;
export type ScheduleProblem = keyof typeof SCHEDULE_PROBLEMS;
