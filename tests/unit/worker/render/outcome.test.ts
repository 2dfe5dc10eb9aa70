import { expect, test } from 'vitest';
import { AppError } from '../../../../src/worker/errors';
import { asAppError } from '../../../../src/worker/infra/executor/port';
import { asError, asPreviewError, failureOf, forViewers } from '../../../../src/worker/render/outcome';

const said = asAppError({
	status: 'error',
	code: 'user_code_error',
	message: "KeyError: 'ada@example.com'",
	line: 3,
	traceback: 'Traceback …',
});

test('the owner of a card reads what its code said, and the log does not', () => {
	const error = asError(failureOf(said));
	expect(error.userMessage).toContain('ada@example.com');
	expect(error.details).toMatchObject({ line: 3 });
	expect(error.message).toBe('CARD_CODE_ERROR: a card failed');
	// A run of a transform is logged with the verdict itself.
	expect(said.message).toBe('executor: user_code_error');
});

test('a viewer learns only that it failed', () => {
	const error = asError(forViewers(failureOf(said)));
	expect(JSON.stringify([error.userMessage, error.details])).not.toMatch(/ada|Traceback/);
});

test('a failure of ours keeps its cause for the log and out of the answer', () => {
	const cause = new AppError('INTERNAL', { message: 'the manifest has no footer' });
	const error = asPreviewError(cause);
	expect(error.cause).toBe(cause);
	expect(error.userMessage).not.toContain('footer');
});

test('who writes code reads what it printed before it failed, and in which line it was stopped', () => {
	const stopped = asAppError({
		status: 'error',
		code: 'sandbox_violation',
		message: 'No network.',
		line: 2,
		stdout: '7 rows\n',
	});
	expect(asPreviewError(stopped)).toMatchObject({
		code: 'SANDBOX_VIOLATION',
		details: { message: 'No network.', line: 2, stdout: '7 rows\n' },
	});
	expect(asPreviewError(stopped).message).not.toContain('7 rows');
	expect(asError(failureOf(stopped)).details).toBeUndefined();
});
