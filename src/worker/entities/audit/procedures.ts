// Procedures about the audit log. There is none that changes it.
import { auditListInput, auditPage } from '$lib/contracts/audit';
import { procedure, router } from '../../trpc';
import * as audit from './service';

export const auditRouter = router({
	list: procedure({
		access: 'admin',
		rest: { method: 'GET', path: '/audit-logs', summary: 'Who did what, newest first' },
	})
		.input(auditListInput)
		.output(auditPage)
		.query(({ ctx, input }) => audit.list(ctx.deps, ctx.actor, input)),
});
