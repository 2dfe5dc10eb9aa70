// Procedures about groups and who is in them.
import * as z from 'zod';
import {
	group,
	groupCreate,
	groupDetail,
	groupListInput,
	groupPage,
	groupRef,
	groupUpdate,
	member,
	memberRef,
} from '$lib/contracts/group';
import { procedure, router } from '../../trpc';
import * as groups from './service';

const edit = { action: 'group.edit', id: 'groupId' } as const;

export const groupRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/groups', summary: 'The groups one is in; every group for an admin' },
	})
		.input(groupListInput)
		.output(groupPage)
		.query(({ ctx, input }) => groups.list(ctx.deps, ctx.actor, input)),

	get: procedure({
		access: { action: 'group.view', id: 'groupId' },
		rest: { method: 'GET', path: '/groups/{groupId}', summary: 'One group and who is in it' },
	})
		.input(groupRef)
		.output(groupDetail)
		.query(({ ctx, input }) => groups.get(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'admin',
		rest: { method: 'POST', path: '/groups', status: 201, summary: 'Makes a group', errors: ['ALREADY_EXISTS'] },
	})
		.input(groupCreate)
		.output(group)
		.mutation(({ ctx, input }) => groups.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: edit,
		rest: { method: 'PUT', path: '/groups/{groupId}', summary: 'Renames a group', errors: ['ALREADY_EXISTS'] },
	})
		.input(groupUpdate)
		.output(groupDetail)
		.mutation(({ ctx, input }) => groups.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'group.delete', id: 'groupId' },
		rest: { method: 'DELETE', path: '/groups/{groupId}', status: 204, summary: 'Ends a group and its shares' },
	})
		.input(groupRef)
		.output(z.void())
		.mutation(({ ctx, input }) => groups.remove(ctx.deps, ctx.actor, input)),

	addMember: procedure({
		access: edit,
		rest: {
			method: 'POST',
			path: '/groups/{groupId}/members',
			status: 201,
			summary: 'Lets somebody into a group',
			errors: ['ALREADY_EXISTS'],
		},
	})
		.input(memberRef)
		.output(member)
		.mutation(({ ctx, input }) => groups.addMember(ctx.deps, ctx.actor, input)),

	removeMember: procedure({
		access: edit,
		rest: {
			method: 'DELETE',
			path: '/groups/{groupId}/members/{userId}',
			status: 204,
			summary: 'Takes somebody out of a group',
		},
	})
		.input(memberRef)
		.output(z.void())
		.mutation(({ ctx, input }) => groups.removeMember(ctx.deps, ctx.actor, input)),
});
