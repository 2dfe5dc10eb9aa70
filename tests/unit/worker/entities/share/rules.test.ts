import { describe, expect, test } from 'vitest';
import { isId } from '../../../../../src/worker/ids';
import { principalOf, problemOfExpiry, shareIdOf, targetOf } from '../../../../../src/worker/entities/share/rules';

const target = { sharedToType: 'user', sharedToId: 'user_1' } as const;

describe('a share', () => {
	test('has one identifier for each dashboard and target', async () => {
		const id = await shareIdOf('dash_1', target);
		expect(isId('share', id)).toBe(true);
		expect(await shareIdOf('dash_1', { ...target })).toBe(id);
		const others = [
			await shareIdOf('dash_2', target),
			await shareIdOf('dash_1', { ...target, sharedToId: 'user_2' }),
			await shareIdOf('dash_1', { ...target, sharedToType: 'group' }),
		];
		expect(new Set([id, ...others]).size).toBe(4);
	});

	test('is granted to a user or a group by name', () => {
		expect(principalOf(target)).toBe('user:user_1');
		expect(targetOf('user:user_1')).toEqual(target);
	});

	test('ends in the future or never', () => {
		expect(problemOfExpiry(null, 10)).toBeNull();
		expect(problemOfExpiry(11, 10)).toBeNull();
		expect(problemOfExpiry(10, 10)).toContain('future');
	});
});
