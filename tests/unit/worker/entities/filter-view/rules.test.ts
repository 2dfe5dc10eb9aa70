import { describe, expect, test } from 'vitest';
import { mayChange, mayMark, maySee, type Standing } from '../../../../../src/worker/entities/filter-view/rules';

const ROLES = ['viewer', 'editor', 'owner'] as const;
const [maker, somebody] = ['user_maker', 'user_other'];
const view = (fields: Partial<Standing> = {}): Standing => ({
	ownerId: maker,
	isShared: false,
	isDefault: false,
	...fields,
});
const rolesOf = (decide: (role: (typeof ROLES)[number]) => boolean) => ROLES.filter(decide);

describe('a private view', () => {
	test("is its maker's alone, whatever the role of others", () => {
		for (const decide of [maySee, mayChange]) {
			expect(rolesOf((role) => decide(view(), { userId: maker, role }))).toEqual(ROLES);
			expect(rolesOf((role) => decide(view(), { userId: somebody, role }))).toEqual([]);
		}
	});
});

describe.each([
	['a shared view', view({ isShared: true })],
	['the default view, shared by its maker or not', view({ isDefault: true })],
])('%s', (_name, open) => {
	test('is seen by everybody and changed by editors, also when it was made by somebody who is none any more', () => {
		for (const userId of [maker, somebody]) {
			expect(rolesOf((role) => maySee(open, { userId, role }))).toEqual(ROLES);
			expect(rolesOf((role) => mayChange(open, { userId, role }))).toEqual(['editor', 'owner']);
		}
	});
});

test.each([
	[{}, {}, ROLES],
	[{}, { isShared: false, isDefault: false }, ROLES],
	[{}, { isShared: true }, ['editor', 'owner']],
	[{ isShared: true }, { isShared: false }, ['editor', 'owner']],
	[{ isShared: true }, { isShared: true }, ROLES],
	[{}, { isDefault: true }, ['owner']],
	[{ isDefault: true }, { isDefault: false }, ['owner']],
	[{ isDefault: true }, { isShared: true, isDefault: true }, ROLES],
	[{}, { isShared: true, isDefault: true }, ['owner']],
])('from %j, %j is for %j', (before, wanted, roles) => {
	expect(rolesOf((role) => mayMark(view(before), wanted, role))).toEqual(roles);
});
