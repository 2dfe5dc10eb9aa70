// Every procedure of the router against everybody who might call it, built from what the procedures declare. Access is decided
// before the input is looked at, so a call with nothing but the identifier tells who gets past it.
import { parse, stringify } from 'devalue';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type * as z from 'zod';
import type { Client } from '$lib/client';
import type { ErrorBody, ErrorCode } from '$lib/contracts/errors';
import {
	decide,
	policy,
	type Action,
	type Asker,
	type Grant,
	type Owned,
	type ThingKind,
} from '../../src/worker/access/policy';
import { appRouter } from '../../src/worker/router';
import type { Meta } from '../../src/worker/trpc';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importFile, upload } from './files';
import { admin, newPerson, type Person } from './people';

interface Definition {
	type: 'query' | 'mutation';
	meta: Meta;
	inputs: z.ZodType[];
}
const procedures = Object.entries(appRouter._def.procedures).map(([name, procedure]) => {
	const { type, meta, inputs } = (procedure as unknown as { _def: Definition })._def;
	return { name, type, access: meta.access, keys: meta.keys, input: inputs[0] };
});
type Procedure = (typeof procedures)[number];

const services = inject('services');
const ROLES = [
	'stranger',
	'viewer',
	'member',
	'former member',
	'editor',
	'granted owner',
	'ended owner',
	'revoked owner',
	'creator',
	'admin',
] as const;
type Role = (typeof ROLES)[number];
let worker: ApiWorker;
const people = {} as Record<Role, Person>;
const ids = {} as Record<string, string>;
/** API keys of the creator, by what they permit. */
const keys = {} as Record<'read' | 'jobs' | 'cards', string>;
const grants: Record<string, Grant> = {};

beforeAll(async () => {
	worker = await startApiWorker({ services });
	people.admin = await admin(worker, services);
	for (const role of ROLES) people[role] ??= await newPerson(worker, people.admin, role.replace(' ', '-'));
	await makeThings();
}, 240_000);
afterAll(() => worker.stop());

/** One of each kind, owned by the creator; dashboard and dataset shared to the others, to one of them through a group. */
async function makeThings() {
	const client = worker.client(people.creator.token);
	ids.user = people.creator.userId;
	ids.session = (await client.auth.sessions.query())[0]!.sessionId;
	const boss = worker.client(people.admin.token);
	ids.key = (await client.apiKeys.create.mutate({ name: 'Matrix' })).id;
	for (const [name, permission] of [
		['read', 'read'],
		['jobs', 'jobs:read'],
		['cards', 'cards:read'],
	] as const)
		keys[name] = (await client.apiKeys.create.mutate({ name, permissions: [permission] })).key;
	ids.group = (await boss.groups.create.mutate({ name: `Matrix ${Date.now()}` })).id;
	for (const { userId } of [people.member, people['former member']])
		await boss.groups.addMember.mutate({ groupId: ids.group, userId });
	ids.upload = await upload(worker, people.creator, 'a\n1\n');
	const { datasetId, jobId } = await importFile(worker, people.creator, 'a\n1\n');
	const { cardId } = await client.cards.create.mutate({
		name: 'C',
		datasetIds: [datasetId],
		code: 'def render(dataset, filters, params):\n    return ""\n',
	});
	const { dashboardId } = await client.dashboards.create.mutate({
		name: 'D',
		layout: { cards: [{ cardId, x: 0, y: 0, w: 1, h: 1 }] },
	});
	const { transformId } = await client.transforms.create.mutate({
		name: 'T',
		inputDatasetIds: [datasetId],
		code: 'def transform(inputs, params):\n    return inputs["Sales"]\n',
	});
	Object.assign(ids, { dataset: datasetId, job: jobId, card: cardId, transform: transformId, dashboard: dashboardId });
	const soon = new Date(Date.now() + 1500).toISOString();
	for (const [role, permission, expiresAt] of [
		['viewer', 'viewer', null],
		['editor', 'editor', null],
		['granted owner', 'owner', null],
		['ended owner', 'owner', soon],
	] as const) {
		const sharedToId = people[role].userId;
		const to = { sharedToType: 'user', sharedToId, permission, expiresAt } as const;
		await client.shares.create.mutate({ dashboardId, ...to });
		await client.datasetShares.create.mutate({ datasetId, ...to });
		grants[`user:${sharedToId}`] = { permission, expiresAt: expiresAt === null ? null : Date.parse(expiresAt) / 1000 };
	}
	await takeAway(client, { dashboardId, datasetId });
	const toGroup = { sharedToType: 'group', sharedToId: ids.group, permission: 'viewer' } as const;
	await boss.shares.create.mutate({ dashboardId, ...toGroup });
	await boss.datasetShares.create.mutate({ datasetId, ...toGroup });
	grants[`group:${ids.group}`] = { permission: 'viewer', expiresAt: null };
	await boss.groups.removeMember.mutate({ groupId: ids.group, userId: people['former member'].userId });
	await new Promise((resolve) => setTimeout(resolve, 1600));
}

/** Somebody owned both for a moment. */
async function takeAway(client: Client, { dashboardId, datasetId }: { dashboardId: string; datasetId: string }) {
	const { userId: sharedToId } = people['revoked owner'];
	const to = { sharedToType: 'user', sharedToId, permission: 'owner' } as const;
	const [one, other] = [
		await client.shares.create.mutate({ dashboardId, ...to }),
		await client.datasetShares.create.mutate({ datasetId, ...to }),
	];
	await client.shares.remove.mutate({ dashboardId, shareId: one.id });
	await client.datasetShares.remove.mutate({ datasetId, shareId: other.id });
}

/** The code a call fails with, or null. */
async function call({ name, type }: Procedure, input: object, token?: string): Promise<ErrorCode | null> {
	const body = JSON.stringify(stringify(input));
	const url = `${worker.url}/trpc/${name}${type === 'query' ? `?input=${encodeURIComponent(body)}` : ''}`;
	const answer = await fetch(url, {
		method: type === 'query' ? 'GET' : 'POST',
		headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
		...(type === 'mutation' && { body }),
	});
	if (answer.ok) return null;
	const { error } = (await answer.json()) as { error: string };
	return (parse(error) as { data: ErrorBody }).data.code;
}

/** Whose a thing of `makeThings` is, and whom it was granted to. A group is as if it were shared to itself. */
function ownedOf(kind: ThingKind): Owned {
	if (kind === 'dashboard' || kind === 'dataset') return { ownerId: people.creator.userId, grants };
	if (kind !== 'group') return { ownerId: people.creator.userId };
	return { ownerId: null, grants: { [`group:${ids.group}`]: { permission: 'viewer', expiresAt: null } } };
}

const about = (procedure: Procedure) => procedure.access as { action: Action; id: string };
const withThing = procedures.filter(({ access }) => typeof access === 'object');

test('every procedure declares who may call it, and only logging in, also by a one-time link, is open to anybody', () => {
	expect(procedures.filter(({ access }) => access === undefined)).toEqual([]);
	expect(procedures.filter(({ access }) => access === 'public').map(({ name }) => name)).toEqual([
		'auth.login',
		'auth.reset',
	]);
});

test.each(procedures.filter(({ access }) => access !== 'public'))(
	'$name knows nobody without a session',
	async (procedure) => {
		expect(await call(procedure, {})).toBe('UNAUTHENTICATED');
		expect(await call(procedure, {}, 'eyJhbGciOiJub25lIn0.e30.')).toBe('UNAUTHENTICATED');
	},
);

test.each(procedures.filter(({ access }) => access === 'admin'))('$name is for admins', async (procedure) => {
	expect(await call(procedure, {}, people.creator.token)).toBe('FORBIDDEN');
	const isComplete = procedure.input?.safeParse({}).success ?? true;
	expect(await call(procedure, {}, people.admin.token)).toBe(isComplete ? null : 'VALIDATION_ERROR');
});

describe.each(withThing)('$name', (procedure) => {
	test('finds nothing that is absent, of another kind, or no identifier', async () => {
		const { id, action } = about(procedure);
		const absent = ids[policy[action].on]!.replace(/_.*/, '_0000000000000000');
		for (const value of [absent, 'fv_0000000000000000', '../etc', '', 7, null, { a: 1 }]) {
			expect(await call(procedure, { [id]: value }, people.creator.token)).toBe('NOT_FOUND');
		}
	});

	test.each(ROLES)('answers %s as the policy says', async (role) => {
		const { id, action } = about(procedure);
		const kind = policy[action].on;
		const person = people[role];
		const asker: Asker = {
			userId: person.userId,
			role: role === 'admin' ? 'admin' : 'user',
			groupIds: role === 'member' ? [ids.group!] : [],
		};
		const owned = ownedOf(kind);
		const verdict = decide(asker, action, owned, Date.now() / 1000);
		const input = { [id]: ids[kind] };
		// What is allowed and complete would be carried out; other tests do that.
		if (verdict.allowed && procedure.type === 'mutation' && (procedure.input?.safeParse(input).success ?? true)) return;
		const code = await call(procedure, input, person.token);
		if (verdict.allowed) expect(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).not.toContain(code);
		else expect(code).toBe(verdict.code);
	});
});

describe.each(procedures.filter(({ access }) => access !== 'public'))(
	'$name, by an API key of the creator,',
	(procedure) => {
		/** What a call with nothing but the identifier fails with, when the key is not what it fails for. */
		const verdictOf = () => {
			if (typeof procedure.access !== 'object') return null;
			const { id, action } = about(procedure);
			const kind = policy[action].on;
			const asker: Asker = { userId: people.creator.userId, role: 'user', groupIds: [] };
			const verdict = decide(asker, action, ownedOf(kind), Date.now() / 1000);
			return { input: { [id]: ids[kind] }, code: verdict.allowed ? null : verdict.code };
		};
		const input = () => verdictOf()?.input ?? {};
		const unlessAbsent = (code: ErrorCode) => (verdictOf()?.code === 'NOT_FOUND' ? 'NOT_FOUND' : code);

		test('is forbidden when the key permits another kind', async () => {
			const token = procedure.name.startsWith('jobs.') ? keys.cards : keys.jobs;
			expect(await call(procedure, input(), token)).toBe(unlessAbsent('FORBIDDEN'));
		});

		test('is forbidden when it writes and the key only reads, and when it is for sessions or admins alone', async () => {
			const code = await call(procedure, input(), keys.read);
			const isRefused = procedure.type === 'mutation' || procedure.access === 'admin' || procedure.keys === false;
			if (isRefused || verdictOf()?.code) expect(code).toBe(unlessAbsent('FORBIDDEN'));
			else expect(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).not.toContain(code);
		});
	},
);
