// Sessions as they are stored. Deleting one is logging out.
import * as z from 'zod';
import type { Session } from '$lib/contracts/session';
import { at, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { deviceOf } from './rules';

const sessionItem = z.object({
	sessionId: z.string(),
	userId: z.string(),
	createdAt: z.number(),
	/** When its user gave their password in it last; absent: when it was opened. */
	confirmedAt: z.number().optional(),
	/** What opened it and from where, as the request said. */
	userAgent: z.string().optional(),
	address: z.string().optional(),
	/** UNIX seconds: decides, where `ttl` only tidies up. */
	expiresAt: z.number(),
	ttl: z.int(),
});
export type SessionItem = z.infer<typeof sessionItem>;
export const parse = itemParser('sessions', sessionItem);

export function keyOf(sessionId: string): KeyOf {
	return { table: 'sessions', key: { sessionId } };
}

export function toContract(item: SessionItem, currentId: string): Session {
	const { sessionId, userAgent, address = null, createdAt } = item;
	const device = deviceOf(userAgent ?? '');
	return { sessionId, device, address, createdAt: toIso(createdAt), current: sessionId === currentId };
}

export async function create(dynamo: Dynamo, session: SessionItem): Promise<void> {
	await dynamo.put({ table: 'sessions', item: session });
}

/** The sessions of a user, those that are over among them. */
export async function listByUser(dynamo: Dynamo, userId: string): Promise<SessionItem[]> {
	const where = when`${at('userId')} = ${userId}`;
	const found = await dynamo.query({ table: 'sessions', index: 'SessionsByUser', where });
	if (found.length === 0) return [];
	const items = await dynamo.batchGet(found.map(({ sessionId }) => keyOf(String(sessionId))));
	return items.flatMap((raw) => (raw ? [parse(raw)] : []));
}

export async function remove(dynamo: Dynamo, sessionId: string): Promise<void> {
	await dynamo.remove(keyOf(sessionId));
}
