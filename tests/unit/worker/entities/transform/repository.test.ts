// What one write of a transform can carry.
import { expect, test } from 'vitest';
import { fits } from '../../../../../src/worker/entities/transform/repository';

const inputs = (from: number, to: number) =>
	Array.from({ length: to - from }, (_none, at) => ({ datasetId: `ds_${from + at}`, alias: `a${at}` }));

test('inputs that stay take no room: only what comes, what goes and what they come from counts', () => {
	expect(fits(inputs(0, 20), inputs(0, 20), 99)).toBe(true);
	expect(fits(inputs(0, 20), inputs(1, 21), 95)).toBe(true);
	expect(fits(inputs(0, 20), inputs(1, 21), 96)).toBe(false);
	expect(fits(inputs(0, 20), inputs(20, 40), 19)).toBe(true);
	expect(fits(inputs(0, 20), inputs(20, 40), 20)).toBe(false);
});
