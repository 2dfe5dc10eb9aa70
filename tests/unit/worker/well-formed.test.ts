import { describe, expect, test } from 'vitest';
import { refuseStrange } from '../../../src/worker/well-formed';

const refusal = (value: unknown) => {
	try {
		refuseStrange(value);
		return null;
	} catch (error) {
		return error;
	}
};

describe('an input', () => {
	test('may hold the same value in many places, thirty times over, and is looked at once for each depth', () => {
		let twice: unknown = ['x'];
		for (let n = 0; n < 30; n += 1) twice = [twice, twice];
		expect(refusal(twice)).toBeNull();
	});

	test('that holds itself nests too deeply', () => {
		const loop: unknown[] = [];
		loop.push(loop, loop);
		expect(refusal({ params: loop })).toMatchObject({ code: 'BAD_REQUEST' });
	});

	test('is no deeper by standing elsewhere first', () => {
		const chain = (end: unknown, length: number) => Array.from({ length }).reduce<unknown>((inner) => [inner], end);
		const first = chain('x', 40);
		expect(refusal([first, chain(first, 40)])).toMatchObject({ code: 'BAD_REQUEST' });
	});

	test('is refused for half a surrogate pair, by the path of its field', () => {
		expect(refusal({ name: '\ud800' })).toMatchObject({ details: { fields: { name: 'is not valid Unicode' } } });
		expect(refusal('\udc00')).toMatchObject({ details: { fields: { input: 'is not valid Unicode' } } });
	});
});
