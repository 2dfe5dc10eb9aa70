import { expect, test } from 'vitest';
import { AppError } from '../../../../src/worker/errors';
import { failureAnswer } from '../../../../src/worker/http/security';

test.each([
	[0, '1'],
	[0.2, '1'],
	[3.4, '4'],
	[undefined, null],
])('a wait of %s seconds is told as %s', async (retryAfter, told) => {
	const answer = failureAnswer(new AppError('BUSY', retryAfter === undefined ? {} : { retryAfter }));
	expect(answer.status).toBe(503);
	expect(answer.headers.get('retry-after')).toBe(told);
	expect(await answer.json()).toEqual({ error: { code: 'BUSY', message: expect.any(String) } });
});
