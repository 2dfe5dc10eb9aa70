// Rendered bodies in the caches, by key.
import type { SharedCache } from '../infra/cache/shared-cache';
import type { Envelope } from './outcome';

/** What the caches call the body of a key. */
export function bodyName(key: string): string {
	return `card/${key}`;
}

/** The bodies that are in the caches, by key: this location's first, the rest in one read of KV. */
export async function findBodies(shared: SharedCache, keys: readonly string[]): Promise<Map<string, Envelope>> {
	const unique = [...new Set(keys)];
	const found = await shared.getMany(unique.map(bodyName));
	return new Map(
		unique.flatMap((key) => {
			const envelope = found.get(bodyName(key)) as Envelope | undefined;
			return envelope?.v === 1 ? [[key, envelope]] : [];
		}),
	);
}
