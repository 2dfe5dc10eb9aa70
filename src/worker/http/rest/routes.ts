// The route table of REST: every procedure that declares a path, and the few routes that are no procedures. Dispatch and
// the OpenAPI document read the same table.
import type * as z from 'zod';
import type { ErrorCode } from '$lib/contracts/errors';
import type { AnyRouter } from '@trpc/server';
import type { Actor } from '../../access/access';
import type { Context } from '../../context';
import type { Access, Meta } from '../../trpc';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Everything that one route is, whoever serves it. */
export interface Route {
	/** Unique: `dashboards.update`. */
	name: string;
	method: Method;
	/** `/api/dashboards/{dashboardId}`; names in braces are fields of the input. */
	path: string;
	summary: string;
	access: Access;
	/** Whether it changes something, whatever its method. */
	writes: boolean;
	/** False: no API key may. */
	keys?: boolean;
	/** Of a success. */
	status: number;
	/** Codes beyond those that follow from access and input. */
	errors: ErrorCode[];
	input: z.ZodType | undefined;
	output: z.ZodType | undefined;
	served: Served;
}

/** What the request's body is, beside a procedure's JSON. */
export interface RouteBody {
	type: string;
	schema: z.ZodType;
}

/** A handler's `input` describes path and query only. `elsewhere`: another part of the application serves it; it is listed here. */
type Served =
	| { by: 'procedure'; call: (ctx: Context, input: unknown) => Promise<unknown> }
	| {
			by: 'handler';
			body?: RouteBody;
			/** Content type of its success, when that is no JSON. */
			answers?: string;
			handle: (request: Request, ctx: Context, actor: Actor) => Promise<Response>;
	  }
	| { by: 'elsewhere'; body: RouteBody };

/** What tRPC keeps of a procedure; its types hide the parsers. */
interface BuiltProcedure {
	(options: {
		path: string;
		type: 'query' | 'mutation';
		ctx: Context;
		input: undefined;
		getRawInput: () => Promise<unknown>;
		signal: undefined;
		batchIndex: number;
	}): Promise<unknown>;
	_def: { type: 'query' | 'mutation'; meta?: Meta; inputs: z.ZodType[]; output?: z.ZodType };
}

/** The routes of every procedure whose `.meta` has `rest`. */
export function routesOf(router: AnyRouter): Route[] {
	const procedures = router._def.procedures as unknown as Record<string, BuiltProcedure>;
	return Object.entries(procedures).flatMap(([name, procedure]) => {
		const { meta, inputs, output, type } = procedure._def;
		if (!meta?.rest) return [];
		const { method, path, summary, status = 200, errors = [] } = meta.rest;
		const call = (ctx: Context, input: unknown) =>
			procedure({
				path: name,
				type,
				ctx,
				input: undefined,
				getRawInput: async () => input,
				signal: undefined,
				batchIndex: 0,
			});
		const served = { by: 'procedure', call } as const;
		return [
			{
				name,
				method,
				path: `/api${path}`,
				summary,
				access: meta.access,
				writes: type === 'mutation',
				...(meta.keys === false && { keys: false }),
				status,
				errors,
				input: inputs[0],
				output,
				served,
			},
		];
	});
}

export interface Match {
	/** Undefined when the address exists but does not take the method. */
	route: Route | undefined;
	/** By the name in the path; decoded. */
	params: Record<string, string>;
	/** Methods that the address takes. */
	allowed: Method[];
	/** True when a route at this address is open to everybody. */
	isPublic: boolean;
}

/** Finds who serves an address; undefined when nobody does. A text in place beats a parameter. */
export function matchRoute(routes: Route[], method: string, pathname: string): Match | undefined {
	const segments = split(pathname);
	const found = routes.flatMap((route) => {
		const params = matchPath(split(route.path), segments);
		return params ? [{ route, params }] : [];
	});
	const fewest = Math.min(...found.map(({ params }) => Object.keys(params).length));
	const best = found.filter(({ params }) => Object.keys(params).length === fewest);
	if (best.length === 0) return undefined;
	const chosen = best.find(({ route }) => route.method === method);
	return {
		route: chosen?.route,
		params: chosen?.params ?? {},
		allowed: best.map(({ route }) => route.method),
		isPublic: best.some(({ route }) => route.access === 'public'),
	};
}

function split(path: string): string[] {
	return path.replace(/\/$/, '').split('/');
}

function matchPath(pattern: string[], segments: string[]): Record<string, string> | undefined {
	if (pattern.length !== segments.length) return undefined;
	const params: Record<string, string> = {};
	for (const [index, expected] of pattern.entries()) {
		const segment = segments[index]!;
		const name = /^\{(.+)\}$/.exec(expected)?.[1];
		if (name === undefined && expected !== segment) return undefined;
		if (name === undefined) continue;
		const decoded = decode(segment);
		if (decoded === undefined) return undefined;
		params[name] = decoded;
	}
	return params;
}

/** Undefined when the bytes are no text, so that nothing can be there. */
function decode(segment: string): string | undefined {
	try {
		return decodeURIComponent(segment);
	} catch {
		return undefined;
	}
}
