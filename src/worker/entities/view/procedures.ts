// Procedures about who opened which dashboard.
import { allViewsInput, dashboardViewsInput, dashboardViewsPage, namedViewsPage } from '$lib/contracts/audit';
import { procedure, router } from '../../trpc';
import * as views from './service';

export const viewRouter = router({
	list: procedure({
		access: { action: 'dashboard.share', id: 'dashboardId' },
		rest: { method: 'GET', path: '/dashboards/{dashboardId}/views', summary: 'Who opened a dashboard, day by day' },
	})
		.input(dashboardViewsInput)
		.output(dashboardViewsPage)
		.query(({ ctx, input }) => views.list(ctx.deps, ctx.actor, input)),

	listAll: procedure({
		access: 'admin',
		rest: { method: 'GET', path: '/audit-logs/views', summary: 'Who opened which dashboard, day by day' },
	})
		.input(allViewsInput)
		.output(namedViewsPage)
		.query(({ ctx, input }) => views.listAll(ctx.deps, ctx.actor, input)),
});
