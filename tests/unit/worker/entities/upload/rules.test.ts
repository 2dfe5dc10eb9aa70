import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PART_BYTES } from '$lib/contracts/upload';
import { bytesOfPart, partCount } from '../../../../../src/worker/entities/upload/rules';

test('the parts of a file are equal but for the last, and add up to it', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (size) => {
			const count = partCount(size);
			const parts = Array.from({ length: count }, (_, index) => bytesOfPart(size, index + 1)!);
			expect(parts.slice(0, -1).every((bytes) => bytes === PART_BYTES)).toBe(true);
			expect(parts.at(-1)).toBeGreaterThan(0);
			expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
			expect([
				bytesOfPart(size, 0),
				bytesOfPart(size, count + 1),
				bytesOfPart(size, 1.5),
				bytesOfPart(size, NaN),
			]).toEqual([null, null, null, null]);
		}),
	);
});
