// The port over a Durable Object for each name.
import type { LimiterDO } from '../../durable/limiter';
import type { Limiter } from './port';

export function createLimiter(namespace: DurableObjectNamespace<LimiterDO>): Limiter {
	const of = (name: string) => namespace.get(namespace.idFromName(name));
	return {
		begin: (name, most) => of(name).begin(most),
		end: (name, outcome) => of(name).end(outcome),
	};
}
