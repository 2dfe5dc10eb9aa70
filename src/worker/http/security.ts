// Middleware of the API: headers, the request's id and cost, and the refusal of writes from other sites and of endless bodies.
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { bearerToken } from '../context';
import type { RequestScope } from '../deps';
import { AppError, asAppError } from '../errors';
import { WINDOW_SECONDS, type Limiter } from '../infra/limiter/port';
import type { ErrorBody } from '$lib/contracts/errors';

/** What Hono's handlers find in `c.env`. */
export interface AppEnv {
	Bindings: RequestScope;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A browser sends its cookie with a request that another site made; a program's bearer token is never sent by itself. */
export const refuseOtherSites: MiddlewareHandler<AppEnv> = async (c, next) => {
	const { method, headers, url } = c.req.raw;
	const origin = headers.get('origin');
	const foreign = origin === null ? headers.get('sec-fetch-site') === 'cross-site' : origin !== new URL(url).origin;
	if (foreign && !READING.has(method) && !bearerToken(c.req.raw))
		throw new AppError('CSRF', { message: `CSRF: from ${origin}` });
	await next();
};

/** Refuses a longer body as soon as its length is known, before anybody holds it. @throws AppError TOO_LARGE */
export function bodyUpTo(bytes: number): MiddlewareHandler<AppEnv> {
	const onError = () => {
		throw new AppError('TOO_LARGE');
	};
	return bodyLimit({ maxSize: bytes, onError });
}

/** Headers that every answer of the API carries. */
export const answerHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
	await next();
	c.res.headers.set('x-request-id', c.env.requestId);
	c.res.headers.set('x-content-type-options', 'nosniff');
	c.res.headers.set('referrer-policy', 'same-origin');
	if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
	if (!c.res.headers.has('server-timing')) c.res.headers.set('server-timing', c.env.cost.toServerTiming());
	tellLimits(c.res.headers, c.env.deps.limiter);
	if (new URL(c.req.url).protocol === 'https:') c.res.headers.set('strict-transport-security', 'max-age=31536000');
};

/** What the request learned of its limits, as the IETF's draft 10 of `RateLimit` fields has it. */
export function tellLimits(headers: Headers, { told }: Pick<Limiter, 'told'>): void {
	if (told.size === 0) return;
	const standings = [...told.values()];
	const policies = standings.map(({ policy, most }) => `"${policy}";q=${most};w=${WINDOW_SECONDS}`);
	const limits = standings.map(({ policy, remaining, reset }) => `"${policy}";r=${remaining};t=${reset}`);
	headers.set('ratelimit-policy', policies.join(', '));
	headers.set('ratelimit', limits.join(', '));
}

/** A failure of a route that is not a procedure, as `{error: {code, message, details?}}`; the request's id is a header. */
export function errorAnswer(error: unknown, c: HonoContext<AppEnv>): Response {
	const appError = asAppError(error);
	const fields = { event: 'route', route: c.req.path, code: appError.code };
	if (appError.status >= 500) c.env.deps.log.error({ ...fields, error: appError });
	else c.env.deps.log.info({ ...fields, outcome: 'error', reason: appError.message });
	return failureAnswer(appError);
}

/**
 * The answer of a failure. Programs that take no fraction and no 0 of a wait are given whole seconds, from 1.
 * @param details in the names of whoever asked; the error's own when left out
 */
export function failureAnswer(error: AppError, details = error.details): Response {
	const { code, userMessage: message, status, retryAfter } = error;
	const body: ErrorBody = { code, message, ...(details && { details }) };
	const headers: HeadersInit =
		retryAfter === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfter))) };
	return Response.json({ error: body }, { status, headers });
}
