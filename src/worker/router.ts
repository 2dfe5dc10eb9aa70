// The table of contents of the API. Everything a page or a program does is one of these.
import { authRouter } from './entities/session/procedures';
import { datasetRouter } from './entities/dataset/procedures';
import { jobRouter } from './entities/job/procedures';
import { uploadRouter } from './entities/upload/procedures';
import { userRouter } from './entities/user/procedures';
import { router } from './trpc';

export const appRouter = router({
	auth: authRouter,
	users: userRouter,
	uploads: uploadRouter,
	datasets: datasetRouter,
	jobs: jobRouter,
});
export type AppRouter = typeof appRouter;
