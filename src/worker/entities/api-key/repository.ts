// API keys as they are stored: with the hash of their secret, never the secret.
import * as z from 'zod';
import { keyPermission, type ApiKey } from '$lib/contracts/api-key';
import { absent, and, at, change, present, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf } from '../../infra/dynamo/port';
import { toIso } from '../../time';

const keyItem = z.object({
	keyId: z.string(),
	userId: z.string(),
	name: z.string(),
	permissions: z.array(keyPermission),
	/** SHA-256 of the secret, in hex. */
	secretHash: z.string(),
	createdAt: z.number(),
	/** UNIX seconds, or null for always. */
	expiresAt: z.number().nullable(),
	/** UNIX seconds, at most an hour behind; null until it is used. */
	lastUsedAt: z.number().nullable(),
});
export type KeyItem = z.infer<typeof keyItem>;
export const parse = itemParser('api_keys', keyItem);

export function keyOf(keyId: string): KeyOf {
	return { table: 'api_keys', key: { keyId } };
}

export function toContract({ keyId, name, permissions, expiresAt, lastUsedAt, createdAt }: KeyItem): ApiKey {
	const iso = (seconds: number | null) => (seconds === null ? null : toIso(seconds));
	return {
		id: keyId,
		name,
		permissions,
		expiresAt: iso(expiresAt),
		lastUsedAt: iso(lastUsedAt),
		createdAt: toIso(createdAt),
	};
}

export async function create(dynamo: Dynamo, item: KeyItem): Promise<void> {
	await dynamo.put({ table: 'api_keys', item, condition: absent('keyId') });
}

/** Somebody's keys, those that have ended among them. */
export async function listByUser(dynamo: Dynamo, userId: string): Promise<KeyItem[]> {
	const where = when`${at('userId')} = ${userId}`;
	return (await dynamo.query({ table: 'api_keys', index: 'KeysByUser', where })).map(parse);
}

/** @throws ConditionFailed when it is gone */
export async function remove(dynamo: Dynamo, keyId: string): Promise<void> {
	await dynamo.remove({ ...keyOf(keyId), condition: present('keyId') });
}

/** Notes a use, unless a later one is noted or the key is gone. @throws ConditionFailed then */
export async function noteUse(dynamo: Dynamo, keyId: string, now: number): Promise<void> {
	const earlier = when`${at('lastUsedAt')} = ${null} OR ${at('lastUsedAt')} < ${now}`;
	await dynamo.update({
		...keyOf(keyId),
		update: change({ lastUsedAt: now }),
		condition: and(present('keyId'), earlier),
	});
}
