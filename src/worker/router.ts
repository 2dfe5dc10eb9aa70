// The table of contents of the API. Everything a page or a program does is one of these.
import { authRouter } from './entities/session/procedures';
import { userRouter } from './entities/user/procedures';
import { router } from './trpc';

export const appRouter = router({
	auth: authRouter,
	users: userRouter,
});
export type AppRouter = typeof appRouter;
