import { expect, test } from 'vitest';
import { AppError } from '../../../src/worker/errors';
import { createLog } from '../../../src/worker/log';

function logged(error: unknown): string {
	const lines: string[] = [];
	createLog({ requestId: 'r' }, (line) => lines.push(line)).error({ event: 'executor', error });
	expect(lines).toHaveLength(1);
	return lines[0]!;
}

test('what a card made the executor say stays one short line that no terminal obeys', () => {
	const controls = [0x0a, 0x1b, 0x7f, 0x9b, 0x2028, 0x202e].map((code) => String.fromCharCode(code)).join('');
	const message = `executor_lost: ${controls}[2J{"level":"info"} ${'x'.repeat(1_000_000)}`;
	const line = logged(new AppError('UPSTREAM_UNAVAILABLE', { message, cause: new Error(message) }));
	expect(line.length).toBeLessThan(20_000);
	expect(line).toMatch(/^[\x20-\x7e…]*$/);
	const { error } = JSON.parse(line) as { error: { message: string; code: string } };
	expect(error.code).toBe('UPSTREAM_UNAVAILABLE');
	expect(error.message.startsWith(`executor_lost: ${controls}[2J`)).toBe(true);
});

test('an error that is its own cause is told, and ends', () => {
	const error = new Error('loop');
	error.cause = error;
	expect(JSON.parse(logged(error))).toMatchObject({ error: { message: 'loop', cause: { message: 'loop' } } });
});
