// API keys: how programs act for a person, with no more than the key permits.
import * as z from 'zod';
import { id, isoTime, name, page, pageInput } from './common';

/** What a permission can be narrowed to: the groups of procedures, as the typed client names them. */
export const permissionKinds = [
	'auth',
	'users',
	'groups',
	'uploads',
	'datasets',
	'datasetShares',
	'rowPolicies',
	'jobs',
	'cards',
	'transforms',
	'dashboards',
	'filterViews',
	'shares',
	'views',
	'apiKeys',
	'audit',
] as const;
type Kind = (typeof permissionKinds)[number];

const narrowed = permissionKinds.flatMap((kind) => [`${kind}:read`, `${kind}:write`] as const);

/**
 * `read` and `write`: everything that its person may see or change; with a kind before them, of that kind alone. `admin`: what only
 * administrators may, while its person is one.
 */
export const keyPermission = z.enum(['read', 'write', 'admin', ...narrowed] as [
	'read',
	'write',
	'admin',
	...`${Kind}:${'read' | 'write'}`[],
]);
export type KeyPermission = z.infer<typeof keyPermission>;

export const apiKey = z.object({
	id,
	name: z.string(),
	permissions: z.array(keyPermission),
	/** Null: it does not end by itself. */
	expiresAt: isoTime.nullable(),
	/** To the hour; null until it is used. */
	lastUsedAt: isoTime.nullable(),
	createdAt: isoTime,
});
export type ApiKey = z.infer<typeof apiKey>;

/** The only answer that has the key itself: what is stored cannot be turned back into it. */
export const newApiKey = apiKey.extend({ key: z.string() });
export type NewApiKey = z.infer<typeof newApiKey>;

export const apiKeyCreate = z.object({
	name,
	permissions: z
		.array(keyPermission)
		.min(1, 'needs one at least')
		.max(permissionKinds.length * 2 + 3)
		.default(['read', 'write']),
	expiresAt: isoTime.nullable().optional(),
});
export const apiKeyListInput = pageInput;
export const apiKeyPage = page(apiKey);
export const apiKeyRef = z.object({ keyId: id });
