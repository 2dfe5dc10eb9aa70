// JSON values that every location may use: this location's cache (L1) before Workers KV (L2). A name stands for one value for
// as long as it lives, so that neither level is ever wrong, only empty.
import type { Cost } from '../../cost';
import type { LocationCache } from './location-cache';

export interface SharedCache {
	/** The values there are, by name: those this location lacks in one read of KV. */
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
	cost: Cost;
	background: (work: Promise<unknown>) => void;
}

export function createSharedCache({ kv, location, cost, background }: SharedCacheParts): SharedCache {
	const keepHere = (name: string, value: unknown) => location.put(name, value, LIFETIME);

	async function readKv(names: string[]): Promise<Map<string, unknown>> {
		const found = new Map<string, unknown>();
		for (let start = 0; start < names.length; start += BULK_KEYS) {
			cost.count('kv');
			const values = await kv.get<unknown>(names.slice(start, start + BULK_KEYS), 'json');
			for (const [name, value] of values) if (value !== null) found.set(name, value);
		}
		return found;
	}

	return {
		async getMany(names) {
			const here = await Promise.all(names.map((name) => location.get(name)));
			const found = new Map<string, unknown>();
			names.forEach((name, position) => here[position] !== null && found.set(name, here[position]));
			const elsewhere = await readKv(names.filter((name) => !found.has(name)));
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
