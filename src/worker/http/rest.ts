// REST at `/api`: every procedure that declares a path, in the names, envelopes and codes of the API's contract. Holds no
// rule of its own: who may, what is valid and what happens are the procedure's.
import { Hono } from 'hono';
import { TRPCError } from '@trpc/server';
import { createContext, type Context } from '../context';
import { AppError, asAppError, notFound } from '../errors';
import { appRouter } from '../router';
import { fromTrpc, requireAccess } from '../trpc';
import { describeRoutes } from './openapi';
import { errorAnswer, successAnswer } from './rest/answer';
import { auditExportRoute } from './rest/audit-export';
import { datasetFormRoute } from './rest/dataset-form';
import { readInput } from './rest/input';
import { matchRoute, routesOf, type Match, type Route } from './rest/routes';
import { uploadPartRoute } from './rest/upload-part';
import type { AppEnv } from './security';

let document: Record<string, unknown> | undefined;
const openApiRoute: Route = {
	name: 'openapi.get',
	method: 'GET',
	path: '/api/openapi.json',
	summary: 'This document',
	access: 'signed-in',
	status: 200,
	errors: [],
	input: undefined,
	output: undefined,
	writes: false,
	served: { by: 'handler', handle: async () => Response.json((document ??= describeRoutes(routes))) },
};

/** Every route of REST. */
export const routes: Route[] = [
	...routesOf(appRouter),
	datasetFormRoute,
	uploadPartRoute,
	auditExportRoute,
	openApiRoute,
];

export const restRoutes = new Hono<AppEnv>().all('/*', async (c) => {
	const request = c.req.raw;
	const added = new Headers();
	const ctx = await createContext(request, c.env, added);
	const method = request.method === 'HEAD' ? 'GET' : request.method;
	const match = matchRoute(routes, method, new URL(request.url).pathname);
	const answer = await serve(request, ctx, match).catch((error: unknown) => fail(error, ctx, match));
	added.forEach((value, name) => answer.headers.append(name, value));
	return answer;
});

/** The order of refusals is the contract's: 401, 404, 403, then whatever is wrong with the request itself. */
async function serve(request: Request, ctx: Context, match: Match | undefined): Promise<Response> {
	if (!match?.route) {
		if (!match?.isPublic) await ctx.deps.access.identify(ctx.claims, { fresh: false });
		throw match ? new AppError('METHOD_NOT_ALLOWED') : notFound(`no route ${new URL(request.url).pathname}`);
	}
	const { route, params } = match;
	const { served, input: schema } = route;
	const reading = needsBodyForAccess(route) && served.by === 'procedure' ? readInput(request, schema, params) : null;
	// What is wrong with the body is told to those only who may send it.
	const known = (await reading?.catch(() => params)) ?? params;
	const actor =
		route.access === 'public'
			? null
			: await requireAccess(ctx, route.access, {
					name: route.name,
					input: known,
					writes: route.writes,
					keys: route.keys,
				});
	if (served.by === 'handler') return served.handle(request, ctx, actor!);
	if (served.by === 'elsewhere') throw notFound(`${route.name} is not served here`);
	const input = await (reading ?? readInput(request, schema, params));
	return successAnswer(await served.call(ctx, input), route.output, route.status);
}

/** True when a field outside the path may decide who may. */
function needsBodyForAccess({ access, path }: Route): boolean {
	return typeof access === 'object' && access.or !== undefined && !path.includes(`{${access.or.id}}`);
}

/** The contracts whose fields a failure of the route may name. */
function namesOf({ input, output, served }: Route) {
	return { input: served.by === 'handler' ? served.body?.schema : input, output };
}

/** Failures inside a procedure are logged there; those on the way to it are logged here. */
function fail(error: unknown, ctx: Context, match: Match | undefined): Response {
	const appError = error instanceof TRPCError ? fromTrpc(error) : asAppError(error);
	if (!(error instanceof TRPCError)) {
		const fields = { event: 'rest', route: match?.route?.name, code: appError.code };
		if (appError.status >= 500) ctx.deps.log.error({ ...fields, error: appError });
		else ctx.deps.log.info({ ...fields, outcome: 'error', reason: appError.message });
	}
	const answer = errorAnswer(appError, match?.route && namesOf(match.route));
	if (appError.code === 'METHOD_NOT_ALLOWED' && match) answer.headers.set('Allow', match.allowed.join(', '));
	return answer;
}
