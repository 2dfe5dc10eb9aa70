// The port over a Durable Object for each key. What an object spends for a caller is counted on that caller's meter.
import type { RenderDO } from '../../durable/render';
import type { Cost, MeteredSystem } from '../../cost';
import type { Renders } from './port';

export function createRenders(namespace: DurableObjectNamespace<RenderDO>): (cost: Cost) => Renders {
	const of = (key: string) => namespace.get(namespace.idFromName(key));
	return (cost) => ({
		async render(task, options) {
			const outcome = await of(task.key).render(task, options);
			for (const [system, calls] of Object.entries(outcome.spent)) {
				for (let call = 0; call < calls; call += 1) cost.count(system as MeteredSystem);
			}
			return outcome;
		},
		peek: (key) => of(key).peek(),
	});
}
