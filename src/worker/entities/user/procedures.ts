// Procedures about people.
import * as z from 'zod';
import { resetLink, user, userCreate, userListInput, userPage, userRef, userUpdate } from '$lib/contracts/user';
import { procedure, router } from '../../trpc';
import * as resetLinks from './reset-link';
import * as users from './service';

const manage = { action: 'user.manage', id: 'userId' } as const;

export const userRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/users', summary: 'Everybody; `q` looks in names and e-mail addresses' },
	})
		.input(userListInput)
		.output(userPage)
		.query(({ ctx, input }) => users.list(ctx.deps, ctx.actor, input)),

	get: procedure({
		access: { action: 'user.view', id: 'userId' },
		rest: { method: 'GET', path: '/users/{userId}', summary: 'One person' },
	})
		.input(userRef)
		.output(user)
		.query(({ ctx, input }) => users.get(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'admin',
		rest: { method: 'POST', path: '/users', status: 201, summary: 'Makes an account', errors: ['ALREADY_EXISTS'] },
	})
		.input(userCreate)
		.output(user)
		.mutation(({ ctx, input }) => users.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: { action: 'user.edit', id: 'userId' },
		rest: { method: 'PUT', path: '/users/{userId}', summary: 'Changes a name; admins also role and access' },
	})
		.input(userUpdate)
		.output(user)
		.mutation(({ ctx, input }) => users.update(ctx.deps, ctx.actor, input)),

	signOut: procedure({
		access: manage,
		rest: { method: 'POST', path: '/users/{userId}/sign-out', status: 204, summary: 'Ends all sessions of somebody' },
	})
		.input(userRef)
		.output(z.void())
		.mutation(({ ctx, input }) => users.signOut(ctx.deps, ctx.actor, input)),

	resetLink: procedure({
		access: manage,
		keys: false,
		rest: {
			method: 'POST',
			path: '/users/{userId}/reset-link',
			status: 201,
			summary: 'A link by which somebody may choose another password, once',
		},
	})
		.input(userRef)
		.output(resetLink)
		.mutation(({ ctx, input }) => resetLinks.make(ctx.deps, ctx.actor, input)),
});
