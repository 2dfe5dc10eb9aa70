// The procedures at `/trpc`, for pages and for the typed client.
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { createContext } from '../context';
import { appRouter } from '../router';
import { fromTrpc } from '../trpc';
import type { AppEnv } from './security';

export const trpcRoutes = new Hono<AppEnv>().all('/*', async (c) => {
	const added = new Headers();
	return fetchRequestHandler({
		endpoint: '/trpc',
		req: c.req.raw,
		router: appRouter,
		createContext: () => createContext(c.req.raw, c.env, added),
		responseMeta: ({ errors }) => {
			const waits = errors.map((error) => fromTrpc(error).retryAfter ?? 0);
			const retryAfter = Math.ceil(Math.max(0, ...waits));
			if (retryAfter > 0) added.set('retry-after', String(retryAfter));
			return { headers: added };
		},
	});
});
