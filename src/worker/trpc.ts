// tRPC for this project: how procedures declare access, how errors leave, how values travel.
import { initTRPC, TRPCError } from '@trpc/server';
import * as devalue from 'devalue';
import * as z from 'zod';
import type { ErrorCode, ProcedureError } from '$lib/contracts/errors';
import type { Actor } from './access/access';
import { policy, type Action } from './access/policy';
import { permits } from './access/scopes';
import { AppError, asAppError, meanings, notFound } from './errors';
import type { Context } from './context';
import { refuseStrange } from './well-formed';

/** Who may call: anybody, whoever is logged in, admins, or whoever may do `action` with the thing that the input field `id` names. */
export type Access = 'public' | 'signed-in' | 'admin' | ThingAccess;

export interface ThingAccess {
	action: Action;
	/** The input field that holds the thing's identifier. */
	id: string;
	/** Whoever may not do `action` may still call when they may do this with another thing; the service checks how both belong together. */
	or?: { action: Action; id: string };
}

export interface Meta {
	access: Access;
	/** False: a session alone may call it, and no API key, whatever it permits. */
	keys?: false;
	/** Where REST serves it; `{name}` in the path is the input field of that name. */
	rest?: {
		method: 'GET' | 'POST' | 'PUT' | 'DELETE';
		path: string;
		/** Of a success; 200 when left out. */
		status?: 200 | 201 | 202 | 204;
		/** One line for the OpenAPI document. */
		summary: string;
		/** Codes beyond those that follow from access and input. */
		errors?: ErrorCode[];
	};
}

const t = initTRPC
	.context<Context>()
	.meta<Meta>()
	.create({
		transformer: { serialize: devalue.stringify, deserialize: devalue.parse },
		errorFormatter: ({ shape, error, ctx }) => {
			const appError = fromTrpc(error);
			const data: ProcedureError = {
				code: appError.code,
				message: appError.userMessage,
				...(appError.details && { details: appError.details }),
				...(ctx && { requestId: ctx.requestId }),
				httpStatus: appError.status,
			};
			return { code: shape.code, message: appError.userMessage, data };
		},
	});

export const router = t.router;

/** What tRPC throws, as ours. Its own refusals are of the request's form. */
export function fromTrpc(error: TRPCError): AppError {
	if (error.cause instanceof AppError) return error.cause;
	if (error.code === 'BAD_REQUEST' && error.cause instanceof z.ZodError) return invalidInput(error.cause);
	if (error.code === 'BAD_REQUEST' || error.code === 'PARSE_ERROR')
		return new AppError('BAD_REQUEST', { cause: error });
	if (error.code === 'NOT_FOUND') return notFound(error.message);
	if (error.code === 'METHOD_NOT_SUPPORTED') return new AppError('METHOD_NOT_ALLOWED', { cause: error });
	if (error.code === 'UNSUPPORTED_MEDIA_TYPE') return new AppError('UNSUPPORTED_MEDIA_TYPE', { cause: error });
	return asAppError(error.cause ?? error);
}

/** The first reason of each field, its path dotted. */
export function invalidInput(error: z.ZodError): AppError {
	const fields: Record<string, string> = {};
	for (const issue of error.issues) fields[issue.path.join('.') || 'input'] ??= issue.message;
	return new AppError('VALIDATION_ERROR', { details: { fields }, cause: error });
}

/** Outermost: every failure gets the status of its code, is logged once, and is ours from here on. */
const translateErrors = t.middleware(async ({ ctx, path, type, next }) => {
	const started = performance.now();
	const result = await next();
	const durationMs = Math.round(performance.now() - started);
	if (result.ok) {
		ctx.deps.log.info({ event: 'procedure', procedure: path, type, outcome: 'ok', durationMs });
		return result;
	}
	const error = fromTrpc(result.error);
	const fields = { event: 'procedure', procedure: path, type, durationMs, code: error.code };
	if (error.status >= 500) ctx.deps.log.error({ ...fields, error });
	else ctx.deps.log.info({ ...fields, outcome: 'error', reason: error.message });
	throw new TRPCError({ code: meanings[error.code].trpc, message: error.userMessage, cause: error });
});

export interface Call {
	/** The procedure's path, such as `dashboards.update`. */
	name: string;
	/** As it came: only the field that names the thing is looked at. */
	input: unknown;
	writes: boolean;
	/** False: a session alone may. */
	keys?: boolean;
}

/**
 * Finds out who asks and whether they may, before the input is checked: 401, then 404, then 403. Reads the store at most once; with
 * an API key twice, as only the key says whose it is.
 */
export async function requireAccess(
	ctx: Context,
	access: Exclude<Access, 'public'>,
	{ name, input, writes, keys }: Call,
): Promise<Actor> {
	const about = typeof access === 'object' ? { action: access.action, id: fieldOf(input, access.id) } : null;
	const fresh = writes || (about !== null && !('reads' in policy[about.action]));
	const actor = await ctx.deps.access.identify(ctx.claims, { fresh, ...(about && { about }) });
	if (access === 'admin' && actor.user.role !== 'admin') throw new AppError('FORBIDDEN');
	if (about) {
		const { or } = access as ThingAccess;
		const otherId = or && fieldOf(input, or.id);
		await ctx.deps.access.require(actor, about.action, about.id).catch(async (error: unknown) => {
			if (!or || !otherId) throw error;
			await ctx.deps.access.require(actor, or.action, otherId);
		});
	}
	if (actor.key && !permits(actor.key.permissions, { name, writes, admin: access === 'admin', keys }))
		throw new AppError('FORBIDDEN', { userMessage: 'This API key does not permit it.' });
	return actor;
}

const requireDeclaredAccess = t.middleware(async ({ ctx, meta, path, type, getRawInput, next }) => {
	const access = meta!.access as Exclude<Access, 'public'>;
	const call = { name: path, input: await getRawInput(), writes: type === 'mutation', keys: meta!.keys };
	const actor = await requireAccess(ctx, access, call);
	return next({ ctx: { ...ctx, actor } });
});

/** The text of a field; what is no text names nothing. */
function fieldOf(input: unknown, name: string): string {
	const value = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[name] : undefined;
	return typeof value === 'string' ? value : '';
}

/** After access: what is wrong with the input is told to those only who may send it. */
const refuseStrangeInput = t.middleware(async ({ getRawInput, next }) => {
	refuseStrange(await getRawInput());
	return next();
});

/** A procedure for whoever is logged in, with the access that it declares. Its context has an `actor`. */
export function procedure(meta: Meta & { access: Exclude<Access, 'public'> }) {
	return t.procedure.meta(meta).use(translateErrors).use(requireDeclaredAccess).use(refuseStrangeInput);
}

/** A procedure for anybody. */
export function publicProcedure(meta: Meta & { access: 'public' }) {
	return t.procedure.meta(meta).use(translateErrors).use(refuseStrangeInput);
}
