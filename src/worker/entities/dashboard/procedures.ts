// Procedures about dashboards.
import * as z from 'zod';
import {
	dashboardClone,
	dashboardCreate,
	dashboardDetail,
	dashboardListInput,
	dashboardPage,
	dashboardRef,
	dashboardUpdate,
	dashboardView,
	referencedDatasets,
	viewInput,
} from '$lib/contracts/dashboard';
import { ownerTransfer } from '$lib/contracts/share';
import { view } from '../../render/view';
import { procedure, router } from '../../trpc';
import * as dashboards from './service';

const rest = { path: '/dashboards/{dashboardId}' } as const;

export const dashboardRouter = router({
	list: procedure({
		access: 'signed-in',
		rest: { method: 'GET', path: '/dashboards', summary: 'Own dashboards and those shared to the caller' },
	})
		.input(dashboardListInput)
		.output(dashboardPage)
		.query(({ ctx, input }) => dashboards.list(ctx.deps, ctx.actor, input)),

	get: procedure({
		access: { action: 'dashboard.view', id: 'dashboardId' },
		rest: { ...rest, method: 'GET', summary: 'One dashboard, with the choices of its category filters' },
	})
		.input(dashboardRef)
		.output(dashboardDetail)
		.query(({ ctx, input }) => dashboards.get(ctx.deps, ctx.actor, input)),

	view: procedure({ access: { action: 'dashboard.view', id: 'dashboardId' } })
		.input(viewInput)
		.output(dashboardView)
		.query(({ ctx, input }) => view(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'signed-in',
		rest: { method: 'POST', path: '/dashboards', status: 201, summary: 'Makes a dashboard' },
	})
		.input(dashboardCreate)
		.output(dashboardDetail)
		.mutation(({ ctx, input }) => dashboards.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access: { action: 'dashboard.edit', id: 'dashboardId' },
		rest: { ...rest, method: 'PUT', summary: 'Changes what is named', errors: ['REVISION_CONFLICT'] },
	})
		.input(dashboardUpdate)
		.output(dashboardDetail)
		.mutation(({ ctx, input }) => dashboards.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'dashboard.delete', id: 'dashboardId' },
		rest: { ...rest, method: 'DELETE', status: 204, summary: 'Ends a dashboard and its shares; its cards stay' },
	})
		.input(dashboardRef)
		.output(z.void())
		.mutation(({ ctx, input }) => dashboards.remove(ctx.deps, ctx.actor, input)),

	clone: procedure({
		access: { action: 'dashboard.clone', id: 'dashboardId' },
		rest: {
			...rest,
			method: 'POST',
			path: `${rest.path}/clone`,
			status: 201,
			summary: 'A copy that belongs to the caller',
		},
	})
		.input(dashboardClone)
		.output(dashboardDetail)
		.mutation(({ ctx, input }) => dashboards.clone(ctx.deps, ctx.actor, input)),

	transfer: procedure({
		access: { action: 'dashboard.transfer', id: 'dashboardId' },
		rest: {
			...rest,
			method: 'POST',
			path: `${rest.path}/owner`,
			summary: 'Gives a dashboard to somebody else; who had it stays an owner by a share',
		},
	})
		.input(ownerTransfer)
		.output(dashboardDetail)
		.mutation(({ ctx, input }) => dashboards.transfer(ctx.deps, ctx.actor, input)),

	referencedDatasets: procedure({
		access: { action: 'dashboard.share', id: 'dashboardId' },
		rest: { ...rest, method: 'GET', path: `${rest.path}/referenced-datasets`, summary: 'What a share would expose' },
	})
		.input(dashboardRef)
		.output(referencedDatasets)
		.query(({ ctx, input }) => dashboards.referencedDatasets(ctx.deps, ctx.actor, input)),
});
