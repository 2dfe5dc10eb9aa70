import { afterEach, expect, test } from 'vitest';
import { SCHEDULE_PROBLEMS } from '$lib/domain/schedule-problems';
import { baseLocale, overwriteGetLocale } from '$lib/paraglide/runtime';
import { problemInWords } from '$lib/state/schedule-words';
import { problemsOf } from '../../../../src/worker/entities/transform/schedule';

afterEach(() => overwriteGetLocale(() => baseLocale));

test.each([
	['fields', { schedule: '* *', timeZone: 'UTC' }],
	['never', { schedule: '0 0 30 2 *', timeZone: 'UTC' }],
	['unreadable', { schedule: 'a b c d e', timeZone: 'UTC' }],
	['zone', { schedule: '0 0 * * *', timeZone: 'Mars/Base' }],
] as const)(
	'the reason %s for which a schedule is refused is said in the language of the reader',
	(problem, schedule) => {
		const [reason = ''] = Object.values(problemsOf(schedule, 1_800_000_000));
		expect(reason).toBe(SCHEDULE_PROBLEMS[problem]);
		expect(problemInWords(reason)).not.toBe(reason);
		overwriteGetLocale(() => 'ja');
		expect(problemInWords(reason)).toMatch(/[ぁ-ん]/);
	},
);

test('a reason that no page knows stays as it is', () => {
	expect(problemInWords('at most 100 characters')).toBe('at most 100 characters');
});
