// The Worker's entry: which host and path goes where, the cron and the queue. Logic is elsewhere.
import kit from '../../.svelte-kit/cloudflare/_worker.js';
import { createApp, isApi } from './app';
import { createScopes, type RequestScope, type ScopeOf } from './deps';
import { receive, tick } from './entities/job/jobs';
import { readEnv } from './env';
import { answerCardsHost } from './http/cards-host';
import { answerPage } from './http/page/answer';

// What leaves the executor's container goes through it.
export { ContainerProxy } from '@cloudflare/containers';
export { ExecutorContainer } from './durable/executor-container';
export { LimiterDO } from './durable/limiter';
export { RenderDO } from './durable/render';

type RawEnv = Record<string, unknown>;
const app = createApp();
let scopes: ScopeOf | undefined;

/** Adapters are made once an isolate, with the first request that brings the settings. */
function scopeOf(env: RawEnv, context: ExecutionContext, request?: Request): RequestScope {
	scopes ??= createScopes(readEnv(env));
	return scopes(context, request);
}

export default {
	async fetch(request: Request, env: RawEnv, context: ExecutionContext): Promise<Response> {
		const scope = scopeOf(env, context, request);
		const { host, pathname } = new URL(request.url);
		// By host first: what a card's own scripts come from shares nothing with the app.
		if (host === new URL(scope.deps.settings.CARDS_ORIGIN).host) return answerCardsHost(scope.deps, request);
		if (isApi(pathname)) return app.fetch(request, scope, context);
		const APP = { fetch: (inner: Request) => app.fetch(inner, scope, context) };
		return answerPage(request, scope, () => kit.fetch(request, { ...env, APP, COST: scope.cost }, context));
	},

	async scheduled({ scheduledTime }: ScheduledController, env: RawEnv, context: ExecutionContext): Promise<void> {
		await tick(scopeOf(env, context).deps, scheduledTime / 1000);
	},

	async queue({ messages }: MessageBatch, env: RawEnv, context: ExecutionContext): Promise<void> {
		for (const { body } of messages) await receive(scopeOf(env, context).deps, body);
	},
};
