// API keys: everybody makes and ends their own. A key acts for its person, and never for more than it permits.
import type { z } from 'zod';
import type { apiKeyCreate, NewApiKey } from '$lib/contracts/api-key';
import type { PageInput } from '$lib/contracts/common';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { invalid, notFound } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import * as repository from './repository';
import { hashSecret, keyText, MAX_KEYS, newSecret } from './rules';

type KeyDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now' | 'newId'>;

/** The actor's own keys, newest first; those that have ended are told by their end. */
export async function list(deps: KeyDeps, actor: Actor, input: PageInput) {
	const keys = await repository.listByUser(deps.dynamo, actor.user.userId);
	return pageOf(
		newestFirst(
			matching(keys, input.q, ({ name }) => [name]),
			({ keyId }) => keyId,
		),
		input,
		repository.toContract,
	);
}

/** Makes a key and shows it, this once. @throws AppError VALIDATION_ERROR */
export async function create(deps: KeyDeps, actor: Actor, input: z.infer<typeof apiKeyCreate>): Promise<NewApiKey> {
	const { userId, role } = actor.user;
	const now = deps.now();
	const expiresAt = input.expiresAt == null ? null : Date.parse(input.expiresAt) / 1000;
	if (expiresAt !== null && expiresAt <= now) throw invalid({ expiresAt: 'must be in the future' });
	if (input.permissions.includes('admin') && role !== 'admin')
		throw invalid({ permissions: '`admin` is for administrators' });
	if ((await repository.listByUser(deps.dynamo, userId)).length >= MAX_KEYS)
		throw invalid({ name: `would be key ${MAX_KEYS + 1}; ${MAX_KEYS} are possible` });

	const secret = newSecret();
	const item: repository.KeyItem = {
		keyId: deps.newId('key'),
		userId,
		name: input.name,
		permissions: [...new Set(input.permissions)],
		secretHash: await hashSecret(secret),
		createdAt: now,
		expiresAt,
		lastUsedAt: null,
	};
	await repository.create(deps.dynamo, item);
	const contract = repository.toContract(item);
	await deps.audit.record({
		action: 'API_KEY_CREATED',
		by: actor,
		on: { type: 'api_key', id: item.keyId },
		details: { name: item.name, permissions: item.permissions, expiresAt: contract.expiresAt },
	});
	return { ...contract, key: keyText(item.keyId, secret) };
}

/** Ends a key: at once in this location, everywhere within the access TTL. */
export async function remove(deps: KeyDeps, actor: Actor, { keyId }: { keyId: string }): Promise<void> {
	const { item } = await deps.access.require(actor, 'key.delete', keyId);
	await repository.remove(deps.dynamo, keyId).catch((error: unknown) => {
		throw error instanceof ConditionFailed ? notFound(`${keyId} is gone`) : error;
	});
	await deps.access.wrote('key', keyId);
	await deps.audit.record({
		action: 'API_KEY_DELETED',
		by: actor,
		on: { type: 'api_key', id: keyId },
		details: { name: item.name, ownerId: item.userId },
	});
}
