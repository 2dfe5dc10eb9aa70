// Every procedure of the router against everybody who might call it, built from what the procedures declare. Access is decided
// before the input is looked at, so a call with nothing but the identifier tells who gets past it.
import { parse, stringify } from 'devalue';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type * as z from 'zod';
import type { ErrorBody, ErrorCode } from '$lib/contracts/errors';
import { decide, policy, type Action, type Asker, type Grant } from '../../src/worker/access/policy';
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
	return { name, type, access: meta.access, input: inputs[0] };
});
type Procedure = (typeof procedures)[number];

const services = inject('services');
const ROLES = ['stranger', 'viewer', 'editor', 'granted owner', 'ended owner', 'creator', 'admin'] as const;
type Role = (typeof ROLES)[number];
let worker: ApiWorker;
const people = {} as Record<Role, Person>;
const ids = {} as Record<string, string>;
const grants: Record<string, Grant> = {};

beforeAll(async () => {
	worker = await startApiWorker({ services });
	people.admin = await admin(worker, services);
	for (const role of ROLES) people[role] ??= await newPerson(worker, people.admin, role.replace(' ', '-'));
	await makeThings();
}, 240_000);
afterAll(() => worker.stop());

/** One of each kind, owned by the creator, and the dashboard shared to the others. */
async function makeThings() {
	const client = worker.client(people.creator.token);
	ids.user = people.creator.userId;
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
	Object.assign(ids, { dataset: datasetId, job: jobId, card: cardId, dashboard: dashboardId });
	const soon = new Date(Date.now() + 1500).toISOString();
	for (const [role, permission, expiresAt] of [
		['viewer', 'viewer', null],
		['editor', 'editor', null],
		['granted owner', 'owner', null],
		['ended owner', 'owner', soon],
	] as const) {
		const sharedToId = people[role].userId;
		await client.shares.create.mutate({ dashboardId, sharedToType: 'user', sharedToId, permission, expiresAt });
		grants[`user:${sharedToId}`] = { permission, expiresAt: expiresAt === null ? null : Date.parse(expiresAt) / 1000 };
	}
	await new Promise((resolve) => setTimeout(resolve, 1600));
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

const about = (procedure: Procedure) => procedure.access as { action: Action; id: string };
const withThing = procedures.filter(({ access }) => typeof access === 'object');

test('every procedure declares who may call it, and only logging in is open to anybody', () => {
	expect(procedures.filter(({ access }) => access === undefined)).toEqual([]);
	expect(procedures.filter(({ access }) => access === 'public').map(({ name }) => name)).toEqual(['auth.login']);
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
	expect(await call(procedure, {}, people.admin.token)).toBe('VALIDATION_ERROR');
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
		const asker: Asker = { userId: person.userId, role: role === 'admin' ? 'admin' : 'user', groupIds: [] };
		const owned = { ownerId: people.creator.userId, ...(kind === 'dashboard' && { grants }) };
		const verdict = decide(asker, action, owned, Date.now() / 1000);
		const input = { [id]: ids[kind] };
		// What is allowed and complete would be carried out; other tests do that.
		if (verdict.allowed && procedure.type === 'mutation' && (procedure.input?.safeParse(input).success ?? true)) return;
		const code = await call(procedure, input, person.token);
		if (verdict.allowed) expect(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).not.toContain(code);
		else expect(code).toBe(verdict.code);
	});
});
