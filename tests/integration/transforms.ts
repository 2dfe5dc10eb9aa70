// Transforms for tests: made, run to their end, and looked at.
import type { Outputs } from '$lib/client';
import type { Execution } from '$lib/contracts/transform';
import { Cost } from '../../src/worker/cost';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { change } from '../../src/worker/infra/dynamo/expression';
import type { Addresses } from '../harness/stack';
import type { ApiWorker } from './api-worker';
import { eventually } from './files';
import type { Person } from './people';

export type Transform = Outputs['transforms']['create'];

/** Returns its one input as it is; the name of the input is its dataset's. */
export const copyOf = (alias: string) =>
	`def transform(inputs, params):\n    return inputs[${JSON.stringify(alias)}]\n`;

/** The run, once it is over. */
export function whenOver(
	worker: ApiWorker,
	person: Person,
	{ transformId, executionId }: Pick<Execution, 'transformId' | 'executionId'>,
): Promise<Execution> {
	return eventually(async () => {
		const run = await worker.client(person.token).transforms.execution.query({ transformId, executionId });
		return run.status !== 'running' && run;
	}, `${executionId} is over`);
}

/** Runs a transform to its end. */
export async function runTransform(
	worker: ApiWorker,
	person: Person,
	{ transformId }: Pick<Transform, 'transformId'>,
): Promise<Execution> {
	const begun = await worker.client(person.token).transforms.execute.mutate({ transformId });
	return whenOver(worker, person, begun);
}

/** The same, for runs that must go well. Says which dataset it made. */
export async function output(worker: ApiWorker, person: Person, transform: Pick<Transform, 'transformId'>) {
	const run = await runTransform(worker, person, transform);
	if (run.status !== 'succeeded') throw new Error(`${run.status}: ${JSON.stringify(run.error)}`);
	const { outputDatasetId } = await worker.client(person.token).transforms.get.query(transform);
	return outputDatasetId!;
}

/** All runs, the oldest first. */
export async function runsOf(worker: ApiWorker, person: Person, transformId: string): Promise<Execution[]> {
	const { items } = await worker.client(person.token).transforms.executions.query({ transformId, limit: 100 });
	return items.reverse();
}

/** All runs, once there are so many and none of them goes on. */
export function whenQuiet(worker: ApiWorker, person: Person, transformId: string, count: number): Promise<Execution[]> {
	return eventually(async () => {
		const runs = await runsOf(worker, person, transformId);
		return runs.length >= count && runs.every(({ status }) => status !== 'running') && runs;
	}, `${transformId} has run ${count} times`);
}

/** Writes to the store behind the Worker's back. */
export function storeOf({ dynamo }: Addresses) {
	return createDynamo(dynamo)(new Cost());
}

/** As if its schedule had named this time. @param seconds before now */
export async function makeDue(services: Addresses, transformId: string, seconds: number): Promise<void> {
	const update = change({ nextRunAt: Math.floor(Date.now() / 1000) - seconds, dueShard: '0' });
	await storeOf(services).update({ table: 'transforms', key: { transformId }, update });
}
