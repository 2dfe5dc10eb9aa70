import { describe, expect, test } from 'vitest';
import { Once } from '../../../../src/worker/durable/once';
import type { SpentOutcome } from '../../../../src/worker/render/outcome';

const failure = (code: 'CARD_CODE_ERROR' | 'BUSY') => ({
	code,
	message: 'x',
	line: null,
	traceback: null,
	retryAfter: null,
});
const made: SpentOutcome = { status: 'stale', spent: { exec: 1 } };

function counted(outcome: SpentOutcome) {
	const state = { made: 0, clock: 0 };
	const make = async () => {
		state.made += 1;
		await Promise.resolve();
		return outcome;
	};
	return { state, parts: { make, now: () => state.clock } };
}

describe('one execution a key', () => {
	test('everybody who asks meanwhile gets it, and only the first paid', async () => {
		const { state, parts } = counted(made);
		const once = new Once();
		const answers = await Promise.all(Array.from({ length: 50 }, () => once.run(parts, { fresh: false })));
		expect(state.made).toBe(1);
		expect(answers.map(({ spent }) => spent.exec ?? 0).reduce((a, b) => a + b)).toBe(1);
	});

	test('a failure is answered from memory for seconds, unless somebody insists', async () => {
		const { state, parts } = counted({ status: 'failed', failure: failure('CARD_CODE_ERROR'), spent: { exec: 1 } });
		const once = new Once();
		await once.run(parts, { fresh: false });
		expect(await once.run(parts, { fresh: false })).toMatchObject({ status: 'failed', spent: {} });
		expect(state.made).toBe(1);
		await once.run(parts, { fresh: true });
		expect(state.made).toBe(2);
		state.clock += 5001;
		await once.run(parts, { fresh: false });
		expect(state.made).toBe(3);
	});

	test('a full executor is asked again after a second', async () => {
		const { state, parts } = counted({ status: 'failed', failure: failure('BUSY'), spent: {} });
		const once = new Once();
		await once.run(parts, { fresh: false });
		state.clock += 1001;
		await once.run(parts, { fresh: false });
		expect(state.made).toBe(2);
	});
});
