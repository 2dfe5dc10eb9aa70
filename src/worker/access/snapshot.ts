// What access decisions of views were made from, kept in this location for one TTL: `session/{id}`, `user/{id}`, `dash/{id}`.
// Nothing older than the TTL is ever used. A write purges an entry and leaves a tombstone for one TTL that forces strong reads.
import type { LocationCache } from '../infra/cache/location-cache';

interface Entry {
	/** When the read of the store began, UNIX seconds. */
	readAt: number;
	value: unknown;
}
interface Tombstone {
	deadAt: number;
}

export interface Snapshot {
	/** The value, or null when there is none that may be used. */
	read(name: string): Promise<unknown>;
	/** Keeps what a strongly consistent read that began at `readAt` returned, unless it was purged since. */
	fill(name: string, value: unknown, readAt: number): Promise<void>;
	/** Ends an entry at once in this location. */
	purge(name: string): Promise<void>;
}

/** @param ttl seconds; 0 turns the snapshot off, so that every view reads strongly */
export function createSnapshot(cache: LocationCache, ttl: number, now: () => number): Snapshot {
	const entryName = (name: string) => `access/${name}`;
	const tombstoneName = (name: string) => `purged/${name}`;

	async function purge(name: string): Promise<void> {
		if (ttl === 0) return;
		const tombstone: Tombstone = { deadAt: now() };
		// In this order, whoever fills the entry meanwhile either sees the first or is overwritten by the second.
		await cache.put(tombstoneName(name), tombstone, ttl);
		await cache.put(entryName(name), tombstone, ttl);
	}

	return {
		async read(name) {
			if (ttl === 0) return null;
			const entry = (await cache.get(entryName(name))) as Entry | Tombstone | null;
			return entry && 'readAt' in entry && now() - entry.readAt < ttl ? entry.value : null;
		},
		async fill(name, value, readAt) {
			const left = Math.floor(ttl - (now() - readAt));
			if (left < 1) return;
			const entry: Entry = { readAt, value };
			await cache.put(entryName(name), entry, left);
			const tombstone = (await cache.get(tombstoneName(name))) as Tombstone | null;
			if (tombstone && tombstone.deadAt >= readAt) await cache.put(entryName(name), tombstone, ttl);
		},
		purge,
	};
}
