import { describe, expect, test } from 'vitest';
import { ATTEMPT_MS, decide, WINDOW_MS } from '../../../../src/worker/durable/attempts';

const NOW = 1_000_000;
const MOST = 5;
const ago = (...seconds: number[]) => seconds.map((one) => NOW - one * 1000);

describe('an attempt', () => {
	test('may be made while fewer than five failed within a minute', () => {
		expect(decide({ failures: ago(50, 40, 30, 20), pending: [] }, NOW, MOST)).toEqual({ go: true });
		expect(decide({ failures: ago(61, 40, 30, 20, 10), pending: [] }, NOW, MOST)).toEqual({ go: true });
	});

	test('is refused after five, until the oldest of them is a minute ago', () => {
		expect(decide({ failures: ago(50, 40, 30, 20, 10), pending: [] }, NOW, MOST)).toEqual({
			go: false,
			retryAfter: 10,
		});
		expect(decide({ failures: ago(59.9, 59.9, 59.9, 59.9, 59.9), pending: [] }, NOW, MOST)).toEqual({
			go: false,
			retryAfter: 1,
		});
		expect(decide({ failures: ago(55, 50, 40, 30, 20, 10), pending: [] }, NOW, MOST)).toEqual({
			go: false,
			retryAfter: 10,
		});
	});

	test('waits when those under way could be the failures that refuse it', () => {
		expect(decide({ failures: ago(30, 20, 10), pending: ago(1, 1) }, NOW, MOST)).toEqual({ go: false, wait: true });
		expect(decide({ failures: [], pending: Array(MOST).fill(NOW - ATTEMPT_MS) }, NOW, MOST)).toEqual({ go: true });
	});

	test('is never refused for longer than the window', () => {
		expect(decide({ failures: Array(MOST).fill(NOW), pending: [] }, NOW, MOST)).toEqual({
			go: false,
			retryAfter: WINDOW_MS / 1000,
		});
	});
});
