// JSON values in the cache of this location (Cloudflare's Cache API), each for a bounded time.
import type { Cost } from '../../cost';

/** A cache that anybody in this location shares; what it returns may be gone the next moment. */
export interface LocationCache {
	/** The value, or null. `counted: false` keeps a look-up out of `Server-Timing`. */
	get(name: string): Promise<unknown>;
	put(name: string, value: unknown, seconds: number): Promise<void>;
}

const ROOT = 'https://cache.cardinal/';

export function createLocationCache(cost: Cost): LocationCache {
	return {
		async get(name) {
			const found = await caches.default.match(ROOT + name);
			cost.cache(found !== undefined);
			return found ? found.json() : null;
		},
		async put(name, value, seconds) {
			const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${seconds}` };
			await caches.default.put(ROOT + name, new Response(JSON.stringify(value), { headers }));
		},
	};
}
