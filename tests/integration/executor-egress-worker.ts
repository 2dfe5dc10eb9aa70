// A Worker that starts the executor's container class on a platform which has no containers but does what one is asked for: it
// keeps how the container was started, and sends out what is said to come from inside by the way that the class laid.
import { DurableObject } from 'cloudflare:workers';
import { ExecutorContainer } from '../../src/worker/durable/executor-container';

export { ContainerProxy } from '@cloudflare/containers';

type Variables = ConstructorParameters<typeof ExecutorContainer>[1];

interface Platform {
	running: boolean;
	started: unknown[];
	/** The way out, by what was caught. */
	ways: Record<string, Fetcher>;
}

/** What `ctx.container` is, as far as a start uses it. */
function containerOf(platform: Platform) {
	return {
		get running() {
			return platform.running;
		},
		start(options: unknown) {
			platform.running = true;
			platform.started.push(options);
		},
		monitor: () => new Promise(() => {}),
		getTcpPort: () => ({ fetch: async () => new Response() }),
		interceptAllOutboundHttp: async (way: Fetcher) => void (platform.ways['http'] = way),
		interceptOutboundHttp: async () => {},
		interceptOutboundHttps: async (host: string, way: Fetcher) => void (platform.ways[`https ${host}`] = way),
	};
}

export class HostDO extends DurableObject<Variables> {
	/** The class sets one; what it does then is no matter here. */
	override alarm() {}

	override async fetch(request: Request): Promise<Response> {
		const platform: Platform = { running: false, started: [], ways: {} };
		Object.defineProperty(this.ctx, 'container', { value: containerOf(platform), configurable: true });
		await new ExecutorContainer(this.ctx as never, this.env).start();
		const { method, url, body } = await request.json<{ method: string; url: string; body: string | null }>();
		const answer = await platform.ways['https *']!.fetch(new Request(url, { method, body }));
		return Response.json({
			started: platform.started,
			ways: Object.keys(platform.ways),
			status: answer.status,
			text: await answer.text(),
		});
	}
}

export default {
	fetch: (request: Request, env: { HOST: DurableObjectNamespace<HostDO> }) =>
		env.HOST.get(env.HOST.idFromName('host')).fetch(request),
};
