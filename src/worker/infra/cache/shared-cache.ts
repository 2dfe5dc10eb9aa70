// JSON values that every location may use: this isolate's memory, then this location's cache (L1), then Workers KV (L2).
import type { Cost } from '../../cost';
import type { LocationCache } from './location-cache';
import type { IsolateMemory } from './memory';

export interface SharedCache {
	/** The values there are, by name: those this location lacks in one read of KV. They are shared: nobody changes them. */
	getMany(names: readonly string[]): Promise<Map<string, unknown>>;
	/** Keeps a value for every location. */
	put(name: string, value: unknown): Promise<void>;
	/** Keeps a value that KV has, or will have, for this location. */
	keepHere(name: string, value: unknown): Promise<void>;
}

/** KV takes this many keys in one read. */
const BULK_KEYS = 100;
/** Seconds a value is kept; after that it is made anew. */
const LIFETIME = 30 * 24 * 3600;

export interface SharedCacheParts {
	kv: KVNamespace;
	location: LocationCache;
	/** For names that stand for one value as long as they live; null when values change under their name. */
	memory: IsolateMemory | null;
	cost: Cost;
	background: (work: Promise<unknown>) => void;
}

export function createSharedCache({ kv, location, memory, cost, background }: SharedCacheParts): SharedCache {
	async function keepHere(name: string, value: unknown): Promise<void> {
		memory?.keep(name, value);
		await location.put(name, value, LIFETIME);
	}

	async function readHere(name: string): Promise<unknown> {
		const atHand = memory?.get(name);
		if (atHand !== undefined) {
			cost.cache(true);
			return atHand;
		}
		const value = await location.get(name);
		if (value !== null) memory?.keep(name, value);
		return value;
	}

	async function readKv(names: string[]): Promise<Map<string, unknown>> {
		const found = new Map<string, unknown>();
		for (let start = 0; start < names.length; start += BULK_KEYS) {
			cost.count('kv');
			const values = await kv.get<unknown>(names.slice(start, start + BULK_KEYS), 'json');
			for (const [name, value] of values) {
				if (value !== null) found.set(name, value);
				else memory?.miss(name, Date.now());
			}
		}
		return found;
	}

	return {
		async getMany(names) {
			const here = await Promise.all(names.map(readHere));
			const found = new Map<string, unknown>();
			names.forEach((name, position) => here[position] !== null && found.set(name, here[position]));
			const unknown = names.filter((name) => !found.has(name) && !memory?.isMissing(name, Date.now()));
			const elsewhere = await readKv(unknown);
			for (const [name, value] of elsewhere) {
				found.set(name, value);
				background(keepHere(name, value));
			}
			return found;
		},
		async put(name, value) {
			cost.count('kv');
			await Promise.all([keepHere(name, value), kv.put(name, JSON.stringify(value), { expirationTtl: LIFETIME })]);
		},
		keepHere,
	};
}
