// The port over a Durable Object for each name.
import type { LimiterDO } from '../../durable/limiter';
import { AppError } from '../../errors';
import type { Limiter, Quota, Standing } from './port';

/** One for each request: it remembers what the request was told. */
export function createLimiter(namespace: DurableObjectNamespace<LimiterDO>): Limiter {
	const of = (name: string) => namespace.get(namespace.idFromName(name));
	const told = new Map<string, Standing>();
	const learn = ({ policy, most, remaining, reset }: Standing) =>
		void told.set(policy, { policy, most, remaining, reset });
	return {
		told,
		learn,
		async begin(quota, name) {
			const { retryAfter, ...standing } = await of(name).begin(quota.most);
			learn({ ...quota, ...standing });
			return retryAfter;
		},
		end: (name, outcome) => of(name).end(outcome),
		async spend(quota, name, amount) {
			// The policy is part of the name: what is counted for one says nothing of another.
			const { allowed, ...standing } = await of(`${quota.policy} ${name}`).spend(quota.most, amount);
			learn({ ...quota, ...standing });
			if (!allowed) throw rateLimited(quota, standing.reset);
		},
	};
}

function rateLimited({ policy, most }: Quota, retryAfter: number): AppError {
	return new AppError('RATE_LIMITED', {
		message: `RATE_LIMITED: ${policy}`,
		retryAfter,
		details: { policy, limit: most, retryAfter },
	});
}
