// Effective access and who newly gains, on random graphs of people, groups and grants, against a search that enumerates every way.
import { describe, expect, test } from 'vitest';
import {
	effectiveAccess,
	gainsOf,
	type Asker,
	type Grant,
	type Owned,
	type ThingRole,
} from '../../../../src/worker/access/grants';

const GRAPHS = 10_000;
const NOW = 1_000;
const ROLES: ThingRole[] = ['viewer', 'editor', 'owner'];

/** Numbers below `n`, the same in every run. */
function numbers(seed: number) {
	let state = seed;
	return (n: number) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * n);
	};
}
type Below = ReturnType<typeof numbers>;

interface Graph {
	people: Asker[];
	thing: Owned;
	/** A share that could be made. */
	principal: string;
	grant: Grant;
}

/** Ends in the past, this very second, a second from now, far away, or never. */
const expiry = (below: Below) => [NOW - 1, NOW, NOW + 1, NOW + 10_000, null, null][below(6)]!;
const grantOf = (below: Below): Grant => ({ permission: ROLES[below(3)]!, expiresAt: expiry(below) });

function randomGraph(below: Below): Graph {
	const [persons, groups] = [1 + below(6), below(5)];
	const people = Array.from({ length: persons }, (_, n): Asker => ({
		userId: `p${n}`,
		role: below(8) === 0 ? 'admin' : 'user',
		// A group may be one that nothing is shared to, or be named like a person.
		groupIds: Array.from({ length: groups }, (_one, g) => (below(2) ? `g${g}` : [])).flat(),
	}));
	const principals = [
		...people.map(({ userId }) => `user:${userId}`),
		...Array.from({ length: 5 }, (_, g) => `group:g${g}`),
		'group:p0',
		'user:g0',
	];
	const grants = Object.fromEntries(principals.flatMap((one) => (below(3) === 0 ? [[one, grantOf(below)]] : [])));
	const ownerId = [`p${below(persons)}`, `p${below(persons)}`, 'somebody else', null][below(4)]!;
	return {
		people,
		thing: { ownerId, grants },
		principal: principals[below(principals.length)]!,
		grant: grantOf(below),
	};
}

/** Every way in, by going through all grants rather than looking any up. */
function waysIn(person: Asker, { ownerId, grants = {} }: Owned): ThingRole[] {
	const ways: ThingRole[] = [];
	if (ownerId !== null && ownerId === person.userId) ways.push('owner');
	if (person.role === 'admin') ways.push('owner');
	for (const [principal, { permission, expiresAt }] of Object.entries(grants)) {
		const [type, id] = principal.split(':');
		const isFor = type === 'user' ? id === person.userId : person.groupIds.some((groupId) => groupId === id);
		const goesOn = expiresAt === null || NOW < expiresAt;
		if (isFor && goesOn) ways.push(permission);
	}
	return ways;
}
const highest = (ways: ThingRole[]) => [...ROLES].reverse().find((role) => ways.includes(role));

describe(`on ${GRAPHS} random graphs`, () => {
	const below = numbers(20_261_121);
	const graphs = Array.from({ length: GRAPHS }, () => randomGraph(below));

	test('the effective role is the highest of all ways in, and each way is a reason', () => {
		for (const { people, thing } of graphs) {
			for (const person of people) {
				const found = effectiveAccess(person, thing, NOW);
				const ways = waysIn(person, thing);
				expect(found?.role).toBe(highest(ways));
				expect((found?.reasons ?? []).map(({ permission }) => permission).sort()).toEqual(ways.sort());
			}
		}
	});

	test('those newly gain whom only the graph with the share lets in', () => {
		let gained = 0;
		for (const { people, thing, principal, grant } of graphs) {
			const { [principal]: before, ...others } = thing.grants!;
			// A share that goes on is not made a second time.
			if (before && (before.expiresAt === null || NOW < before.expiresAt)) continue;
			const after = { ...thing, grants: { ...others, [principal]: grant } };
			const expected = people.filter((one) => waysIn(one, thing).length === 0 && waysIn(one, after).length > 0);
			const { gain, already } = gainsOf(people, thing, { principal, grant, now: NOW });
			expect(gain).toEqual(expected);
			for (const person of already) expect(waysIn(person, thing)).not.toEqual([]);
			gained += gain.length;
		}
		expect(gained, 'the graphs are worth asking').toBeGreaterThan(1_000);
	});
});

describe('a reason', () => {
	const thing: Owned = {
		ownerId: 'ada',
		grants: {
			'user:ken': { permission: 'viewer', expiresAt: null },
			'group:sales': { permission: 'editor', expiresAt: NOW + 5 },
		},
	};
	const ken: Asker = { userId: 'ken', role: 'user', groupIds: ['sales'] };

	test('names the group and the end, the strongest first', () => {
		expect(effectiveAccess(ken, thing, NOW)).toEqual({
			role: 'editor',
			reasons: [
				{ via: 'group', groupId: 'sales', permission: 'editor', expiresAt: NOW + 5 },
				{ via: 'user', permission: 'viewer', expiresAt: null },
			],
		});
	});

	test('counts until the second it ends', () => {
		expect(effectiveAccess(ken, thing, NOW + 4.9)?.role).toBe('editor');
		expect(effectiveAccess(ken, thing, NOW + 5)?.role).toBe('viewer');
	});

	test('says who has it already: the owner and an admin in the group gain nothing', () => {
		const group = (userId: string, role: Asker['role'] = 'user'): Asker => ({ userId, role, groupIds: ['ops'] });
		const people = [group('ada'), group('boss', 'admin'), group('new'), { ...group('other'), groupIds: [] }];
		const grant: Grant = { permission: 'viewer', expiresAt: null };
		const { gain, already } = gainsOf(people, thing, { principal: 'group:ops', grant, now: NOW });
		expect(gain.map(({ userId }) => userId)).toEqual(['new']);
		expect(already.map(({ userId }) => userId)).toEqual(['ada', 'boss']);
	});
});
