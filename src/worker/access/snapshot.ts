// What access decisions of views were made from, kept in this location for one TTL: `session/{id}`, `user/{id}`, `dash/{id}`.
// Nothing older than the TTL is ever used. A write purges an entry and leaves a tombstone for one TTL that forces strong reads.
// An isolate keeps what it read at hand, and uses it only while it sees that nothing was purged in this location since.
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
	/** The value, or null when there is none that may be used. It is shared between requests: nobody changes it. */
	read(name: string): Promise<unknown>;
	/** Keeps what a strongly consistent read that began at `readAt` returned, unless it was purged since. */
	fill(name: string, value: unknown, readAt: number): Promise<void>;
	/** Ends an entry at once in this location. */
	purge(name: string): Promise<void>;
}

/** Entries at hand in an isolate. */
export type Held = Map<string, Entry>;
/** A few kilobytes each; with more of them in a TTL, reading the location's cache again is what it costs. */
const MAX_HELD = 2_000;

/** When anything was purged in this location last. */
const LAST_PURGE = 'purged';
/** Seconds added to it: purges that overlap overwrite each other's time, and the earlier one may win. */
const MARGIN = 2;

export interface SnapshotParts {
	cache: LocationCache;
	/** Of the isolate; the snapshot itself is made for each request. */
	held: Held;
	/** Seconds; 0 turns the snapshot off, so that every view reads strongly. */
	ttl: number;
	/** UNIX seconds. */
	now: () => number;
}

export function createSnapshot({ cache, held, ttl, now }: SnapshotParts): Snapshot {
	const entryName = (name: string) => `access/${name}`;
	const tombstoneName = (name: string) => `purged/${name}`;
	let purgedUntil: Promise<number> | undefined;

	/** Entries whose reading began before this may have been purged. Asked once a request. */
	function lastPurge(): Promise<number> {
		return (purgedUntil ??= cache.get(LAST_PURGE).then((stamp) => (stamp as Tombstone | null)?.deadAt ?? 0));
	}

	function isUsable(entry: Entry | Tombstone | null | undefined): entry is Entry {
		return entry != null && 'readAt' in entry && now() - entry.readAt < ttl;
	}

	function hold(name: string, entry: Entry): void {
		if (held.size >= MAX_HELD) held.clear();
		held.set(name, entry);
	}

	async function purge(name: string): Promise<void> {
		if (ttl === 0) return;
		const tombstone: Tombstone = { deadAt: now() };
		// In this order, whoever fills the entry meanwhile either sees the first or is overwritten by the second.
		await cache.put(tombstoneName(name), tombstone, ttl);
		await cache.put(entryName(name), tombstone, ttl);
		await cache.put(LAST_PURGE, { deadAt: now() + MARGIN }, ttl + MARGIN);
		purgedUntil = undefined;
	}

	return {
		async read(name) {
			if (ttl === 0) return null;
			const atHand = held.get(name);
			if (isUsable(atHand) && atHand.readAt > (await lastPurge())) return atHand.value;
			const entry = (await cache.get(entryName(name))) as Entry | Tombstone | null;
			if (!isUsable(entry)) return null;
			hold(name, entry);
			return entry.value;
		},
		async fill(name, value, readAt) {
			const left = Math.floor(ttl - (now() - readAt));
			if (left < 1) return;
			const entry: Entry = { readAt, value };
			await cache.put(entryName(name), entry, left);
			const tombstone = (await cache.get(tombstoneName(name))) as Tombstone | null;
			if (tombstone && tombstone.deadAt >= readAt) await cache.put(entryName(name), tombstone, ttl);
			else hold(name, entry);
		},
		purge,
	};
}
