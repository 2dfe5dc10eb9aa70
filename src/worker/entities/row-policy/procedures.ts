// Procedures about which rows of a dataset whom is shown.
import { rowPolicies, rowPoliciesRef, rowPoliciesUpdate } from '$lib/contracts/row-policy';
import { procedure, router } from '../../trpc';
import * as policies from './service';

const access = { action: 'dataset.share', id: 'datasetId' } as const;
const path = '/datasets/{datasetId}/row-policies';

export const rowPolicyRouter = router({
	get: procedure({ access, rest: { method: 'GET', path, summary: 'Which rows of a dataset whom is shown' } })
		.input(rowPoliciesRef)
		.output(rowPolicies)
		.query(({ ctx, input }) => policies.get(ctx.deps, ctx.actor, input)),

	replace: procedure({
		access,
		rest: {
			method: 'PUT',
			path,
			summary: 'Says which rows of a dataset whom is shown, in place of what was said',
			errors: ['REVISION_CONFLICT'],
		},
	})
		.input(rowPoliciesUpdate)
		.output(rowPolicies)
		.mutation(({ ctx, input }) => policies.replace(ctx.deps, ctx.actor, input)),
});
