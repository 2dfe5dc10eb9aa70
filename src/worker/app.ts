// The API as one Hono application. It knows nothing of pages; `c.env` is the request's scope.
import { Hono } from 'hono';
import { notFound } from './errors';
import { renderRoutes } from './http/render-stream';
import { restRoutes } from './http/rest';
import { answerHeaders, errorAnswer, refuseOtherSites, type AppEnv } from './http/security';
import { trpcRoutes } from './http/trpc';
import { uploadRoutes } from './http/upload';

/** Paths that are answered here; everything else is a page. */
const PREFIXES = ['/trpc/', '/api/', '/render/', '/upload/', '/lib/', '/health'];
/** A page among them. */
const REFERENCE = '/api/docs';

export function isApi(path: string): boolean {
	return path !== REFERENCE && PREFIXES.some((prefix) => path.startsWith(prefix));
}

export function createApp() {
	const app = new Hono<AppEnv>();
	app.use(answerHeaders, refuseOtherSites);
	app.get('/health', (c) => c.json({ status: 'ok' }));
	app.route('/trpc', trpcRoutes);
	app.route('/upload', uploadRoutes);
	app.route('/api', restRoutes);
	app.route('/render', renderRoutes);
	app.notFound((c) => errorAnswer(notFound(c.req.path), c));
	app.onError(errorAnswer);
	return app;
}
