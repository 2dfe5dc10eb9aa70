// The table of contents of the API. Everything a page or a program does is one of these.
import { apiKeyRouter } from './entities/api-key/procedures';
import { auditRouter } from './entities/audit/procedures';
import { cardRouter } from './entities/card/procedures';
import { dashboardRouter } from './entities/dashboard/procedures';
import { datasetShareRouter, shareRouter } from './entities/share/procedures';
import { authRouter } from './entities/session/procedures';
import { datasetRouter } from './entities/dataset/procedures';
import { filterViewRouter } from './entities/filter-view/procedures';
import { groupRouter } from './entities/group/procedures';
import { jobRouter } from './entities/job/procedures';
import { rowPolicyRouter } from './entities/row-policy/procedures';
import { transformRouter } from './entities/transform/procedures';
import { uploadRouter } from './entities/upload/procedures';
import { userRouter } from './entities/user/procedures';
import { viewRouter } from './entities/view/procedures';
import { router } from './trpc';

export const appRouter = router({
	auth: authRouter,
	users: userRouter,
	groups: groupRouter,
	uploads: uploadRouter,
	datasets: datasetRouter,
	datasetShares: datasetShareRouter,
	rowPolicies: rowPolicyRouter,
	jobs: jobRouter,
	cards: cardRouter,
	transforms: transformRouter,
	dashboards: dashboardRouter,
	filterViews: filterViewRouter,
	shares: shareRouter,
	views: viewRouter,
	apiKeys: apiKeyRouter,
	audit: auditRouter,
});
export type AppRouter = typeof appRouter;
