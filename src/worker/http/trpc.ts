// The procedures at `/trpc`, for pages and for the typed client.
import { MAX_CALLS_AT_ONCE } from '$lib/contracts/common';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { createContext } from '../context';
import { appRouter } from '../router';
import { fromTrpc } from '../trpc';
import { bodyUpTo, type AppEnv } from './security';
import { MAX_JSON_BYTES } from './rest/body';

export const trpcRoutes = new Hono<AppEnv>().all('/*', bodyUpTo(MAX_JSON_BYTES), async (c) => {
	const added = new Headers();
	return fetchRequestHandler({
		endpoint: '/trpc',
		req: c.req.raw,
		router: appRouter,
		maxBatchSize: MAX_CALLS_AT_ONCE,
		createContext: () => createContext(c.req.raw, c.env, added),
		responseMeta: ({ errors }) => {
			const waits = errors.map((error) => fromTrpc(error).retryAfter ?? 0);
			const retryAfter = Math.ceil(Math.max(0, ...waits));
			if (retryAfter > 0) added.set('retry-after', String(retryAfter));
			return { headers: added };
		},
	});
});
