// Procedures about people.
import { user, userCreate, userListInput, userPage, userRef } from '$lib/contracts/user';
import { procedure, router } from '../../trpc';
import * as users from './service';

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
});
