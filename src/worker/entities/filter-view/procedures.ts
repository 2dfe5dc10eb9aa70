// Procedures about filter views of a dashboard. Whoever may view it may call them; whose a view is decides the rest.
import * as z from 'zod';
import {
	filterView,
	filterViewCreate,
	filterViewListInput,
	filterViewPage,
	filterViewRef,
	filterViewUpdate,
} from '$lib/contracts/filter-view';
import { procedure, router } from '../../trpc';
import * as filterViews from './service';

const access = { action: 'dashboard.view', id: 'dashboardId' } as const;
const path = '/dashboards/{dashboardId}/filter-views';
const one = `${path}/{filterViewId}`;

export const filterViewRouter = router({
	list: procedure({
		access,
		rest: { method: 'GET', path, summary: "Shared filter views of a dashboard and the caller's own" },
	})
		.input(filterViewListInput)
		.output(filterViewPage)
		.query(({ ctx, input }) => filterViews.list(ctx.deps, ctx.actor, input)),

	get: procedure({ access, rest: { method: 'GET', path: one, summary: 'One filter view' } })
		.input(filterViewRef)
		.output(filterView)
		.query(({ ctx, input }) => filterViews.get(ctx.deps, ctx.actor, input)),

	create: procedure({
		access,
		rest: { method: 'POST', path, status: 201, summary: 'Keeps a filter state under a name' },
	})
		.input(filterViewCreate)
		.output(filterView)
		.mutation(({ ctx, input }) => filterViews.create(ctx.deps, ctx.actor, input)),

	update: procedure({
		access,
		rest: { method: 'PUT', path: one, summary: 'Changes what is named of a filter view' },
	})
		.input(filterViewUpdate)
		.output(filterView)
		.mutation(({ ctx, input }) => filterViews.update(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access,
		rest: { method: 'DELETE', path: one, status: 204, summary: 'Ends a filter view' },
	})
		.input(filterViewRef)
		.output(z.void())
		.mutation(({ ctx, input }) => filterViews.remove(ctx.deps, ctx.actor, input)),
});
