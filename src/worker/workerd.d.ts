// What workerd has beyond the browser types that the pages are checked with.
interface CacheStorage {
	readonly default: Cache;
}
interface Crypto {
	readonly DigestStream: typeof DigestStream;
}

/** The pages, as the adapter builds them. */
declare module '*/.svelte-kit/cloudflare/_worker.js' {
	const pages: { fetch(request: Request, env: Record<string, unknown>, context: ExecutionContext): Promise<Response> };
	export default pages;
}
