import { describe, expect, test } from 'vitest';
import { decide, policy, roleOn, type Action, type Asker, type Owned } from '../../../../src/worker/access/policy';
import { read } from '../../../../src/worker/access/things';

const NOW = 1_000;
const asker = (userId: string, role: Asker['role'] = 'user', groupIds: string[] = []): Asker => ({
	userId,
	role,
	groupIds,
});
const owner = asker('owner');
const thing: Owned = {
	ownerId: 'owner',
	grants: {
		'user:viewer': { permission: 'viewer', expiresAt: null },
		'user:editor': { permission: 'editor', expiresAt: NOW + 1 },
		'user:ended': { permission: 'owner', expiresAt: NOW },
		'user:both': { permission: 'viewer', expiresAt: null },
		'group:g': { permission: 'owner', expiresAt: null },
	},
};

describe('a role on a dashboard', () => {
	test.each([
		['its creator', owner, 'owner'],
		['an admin', asker('x', 'admin'), 'owner'],
		['a viewer', asker('viewer'), 'viewer'],
		['an editor until a date that is to come', asker('editor'), 'editor'],
		['an owner until a date that has come', asker('ended'), undefined],
		['somebody in a group it is shared to', asker('member', 'user', ['h', 'g']), 'owner'],
		['somebody with two grants: the higher', asker('both', 'user', ['g']), 'owner'],
		['a stranger', asker('stranger', 'user', ['h']), undefined],
		['a user named like a group', asker('g'), undefined],
	])('of %s', (_who, user, role) => {
		expect(roleOn(user, 'dashboard', thing, NOW)?.role).toBe(role);
	});
});

describe('a verdict', () => {
	const actions = Object.keys(policy) as Action[];
	const needing = (role: string) =>
		actions.filter((action) => policy[action].on === 'dashboard' && policy[action].needs === role);

	test('hides from a stranger whatever could be asked', () => {
		for (const action of actions.filter((one) => policy[one].on !== 'user')) {
			expect(decide(asker('stranger'), action, { ownerId: 'owner' }, NOW)).toMatchObject({
				allowed: false,
				code: 'NOT_FOUND',
			});
		}
	});

	test('forbids what needs more than the role one has, and says why', () => {
		for (const action of [...needing('editor'), ...needing('owner')]) {
			const verdict = decide(asker('viewer'), action, thing, NOW);
			expect(verdict).toMatchObject({
				allowed: false,
				code: 'FORBIDDEN',
				reason: expect.stringContaining('has viewer'),
			});
		}
	});

	test('allows the owner and admins everything', () => {
		for (const action of actions) {
			if (policy[action].on !== 'user')
				expect(decide(owner, action, { ownerId: 'owner' }, NOW)).toMatchObject({ allowed: true, role: 'owner' });
			expect(decide(asker('x', 'admin'), action, { ownerId: 'owner' }, NOW)).toMatchObject({
				allowed: true,
				reason: 'admin',
			});
		}
	});

	test('on a person: everybody may see them, they themselves change themselves, admins alone manage them', () => {
		const codes = (who: Asker) =>
			(['user.view', 'user.edit', 'user.manage'] as const).map((action) => {
				const verdict = decide(who, action, { ownerId: 'owner' }, NOW);
				return verdict.allowed ? 'allowed' : verdict.code;
			});
		expect(codes(asker('other'))).toEqual(['allowed', 'FORBIDDEN', 'FORBIDDEN']);
		expect(codes(owner)).toEqual(['allowed', 'allowed', 'FORBIDDEN']);
		expect(codes(asker('x', 'admin'))).toEqual(['allowed', 'allowed', 'allowed']);
	});

	test('on a group: whoever is in it sees it, admins change it, others do not know of it', () => {
		const { owned } = read('group', {
			groupId: 'g',
			name: 'G',
			memberCount: 1,
			kind: 'group',
			createdAt: 1,
			updatedAt: 1,
		});
		expect(decide(asker('x'), 'group.view', owned, NOW)).toMatchObject({ code: 'NOT_FOUND' });
		expect(decide(asker('x', 'user', ['g']), 'group.view', owned, NOW)).toMatchObject({ allowed: true });
		expect(decide(asker('x', 'user', ['g']), 'group.edit', owned, NOW)).toMatchObject({ code: 'FORBIDDEN' });
		expect(decide(asker('x', 'admin'), 'group.delete', owned, NOW)).toMatchObject({ allowed: true });
	});

	test('allows only views to be decided from what was read a moment ago', () => {
		expect(actions.filter((action) => 'reads' in policy[action])).toEqual(['dashboard.view']);
	});
});
