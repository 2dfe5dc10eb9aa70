// Procedures about logging in and out.
import * as z from 'zod';
import { loginInput, loginOutput, me } from '$lib/contracts/user';
import { endedCookie, sessionCookie } from '../../http/session-cookie';
import { procedure, publicProcedure, router } from '../../trpc';
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
			const login = await sessions.login(ctx.deps, input, ctx.client.address);
			ctx.responseHeaders.append('set-cookie', sessionCookie(login.accessToken, login.expiresIn, ctx.client.secure));
			return login;
		}),

	logout: procedure({
		access: 'signed-in',
		rest: { method: 'POST', path: '/auth/logout', status: 204, summary: 'Ends this session' },
	})
		.output(z.void())
		.mutation(async ({ ctx }) => {
			await sessions.logout(ctx.deps, ctx.actor);
			ctx.responseHeaders.append('set-cookie', endedCookie(ctx.client.secure));
		}),

	me: procedure({ access: 'signed-in', rest: { method: 'GET', path: '/auth/me', summary: 'Who is logged in' } })
		.output(me)
		.query(({ ctx }) => sessions.me(ctx.actor)),
});
