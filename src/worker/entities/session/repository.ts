// Sessions as they are stored. Deleting one is logging out.
import * as z from 'zod';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf } from '../../infra/dynamo/port';

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

export async function create(dynamo: Dynamo, session: SessionItem): Promise<void> {
	await dynamo.put({ table: 'sessions', item: session });
}

export async function remove(dynamo: Dynamo, sessionId: string): Promise<void> {
	await dynamo.remove(keyOf(sessionId));
}
