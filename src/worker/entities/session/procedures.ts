// Procedures about logging in and out, one's password, and where one is logged in.
import * as z from 'zod';
import { session, sessionRef } from '$lib/contracts/session';
import { loginInput, loginOutput, me, passwordChange, resetInput, self } from '$lib/contracts/user';
import { endedCookie, sessionCookie } from '../../http/session-cookie';
import { procedure, publicProcedure, router } from '../../trpc';
import * as passwords from './passwords';
import * as sessions from './service';

export const authRouter = router({
	login: publicProcedure({
		access: 'public',
		rest: {
			method: 'POST',
			path: '/auth/login',
			summary: 'Opens a session',
			errors: ['INVALID_CREDENTIALS', 'RATE_LIMITED'],
		},
	})
		.input(loginInput)
		.output(loginOutput)
		.mutation(async ({ ctx, input }) => {
			const login = await sessions.login(ctx.deps, input, ctx.client);
			ctx.responseHeaders.append('set-cookie', sessionCookie(login.accessToken, login.expiresIn, ctx.client.secure));
			return login;
		}),

	logout: procedure({
		access: 'signed-in',
		keys: false,
		rest: { method: 'POST', path: '/auth/logout', status: 204, summary: 'Ends this session' },
	})
		.output(z.void())
		.mutation(async ({ ctx }) => {
			await sessions.logout(ctx.deps, ctx.actor);
			ctx.responseHeaders.append('set-cookie', endedCookie(ctx.client.secure));
		}),

	logoutEverywhere: procedure({
		access: 'signed-in',
		keys: false,
		rest: { method: 'POST', path: '/auth/logout-everywhere', status: 204, summary: 'Ends all sessions of oneself' },
	})
		.output(z.void())
		.mutation(async ({ ctx }) => {
			await sessions.endAll(ctx.deps, ctx.actor);
			ctx.responseHeaders.append('set-cookie', endedCookie(ctx.client.secure));
		}),

	me: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/auth/me', summary: 'Who is logged in, and their groups' },
	})
		.output(me)
		.query(({ ctx }) => sessions.me(ctx.deps, ctx.actor)),

	/** For every page: beside finding out who asks it costs nothing. */
	self: procedure({ access: 'signed-in' })
		.output(self)
		.query(({ ctx }) => sessions.self(ctx.actor)),

	password: procedure({
		access: 'signed-in',
		keys: false,
		rest: {
			method: 'POST',
			path: '/auth/password',
			status: 204,
			summary: 'Chooses another password; every other session ends',
			errors: ['WRONG_PASSWORD', 'RATE_LIMITED'],
		},
	})
		.input(passwordChange)
		.output(z.void())
		.mutation(({ ctx, input }) => passwords.change(ctx.deps, ctx.actor, input)),

	reset: publicProcedure({
		access: 'public',
		rest: {
			method: 'POST',
			path: '/auth/reset',
			status: 204,
			summary: 'Chooses another password by a one-time link; every session ends',
			errors: ['INVALID_CREDENTIALS'],
		},
	})
		.input(resetInput)
		.output(z.void())
		.mutation(({ ctx, input }) => passwords.reset(ctx.deps, input)),

	sessions: procedure({
		access: 'signed-in',
		keys: false,
		rest: { method: 'GET', path: '/auth/sessions', summary: 'Where one is logged in' },
	})
		.output(z.array(session))
		.query(({ ctx }) => sessions.list(ctx.deps, ctx.actor)),

	endSession: procedure({
		access: { action: 'session.end', id: 'sessionId' },
		keys: false,
		rest: { method: 'DELETE', path: '/auth/sessions/{sessionId}', status: 204, summary: 'Ends one session' },
	})
		.input(sessionRef)
		.output(z.void())
		.mutation(({ ctx, input }) => sessions.end(ctx.deps, ctx.actor, input)),
});
