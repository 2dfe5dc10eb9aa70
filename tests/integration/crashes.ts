// A Worker that a test kills at a call of its choice: behind a proxy of DynamoDB, with leases that end after a second.
import { inject } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { startDynamoProxy, type DynamoCall, type DynamoProxy } from './dynamo-proxy';
import { storedKeys } from './files';

/** The beat that says which step a job enters. */
export const entering = (step: string) => (call: DynamoCall) =>
	call.action === 'UpdateItem' && call.body.includes(`{"S":"${step}"}`) && call.body.includes('bi_jobs');
/** Somebody takes the lease of a job. */
export const taking = (call: DynamoCall) =>
	call.action === 'UpdateItem' && call.body.includes('{"S":"running"}') && call.body.includes('ADD');
/** The transaction that shows readers a version. */
export const flipping = (call: DynamoCall) =>
	call.action === 'TransactWriteItems' && call.body.includes('bi_dataset_versions');
/** The transaction that ends a job well, once everybody was told. */
export const closing = (call: DynamoCall) =>
	call.action === 'TransactWriteItems' && call.body.includes('{"S":"succeeded"}') && !flipping(call);

/** The Worker of a test, and the ones that come after it: killed as a machine dies, with nothing finished. */
export class KillableWorker {
	private constructor(
		readonly proxy: DynamoProxy,
		/** The one that lives. */
		public worker: ApiWorker,
		private readonly variables: Record<string, string>,
	) {}

	/** A job without a sign of life for a second is taken over. */
	static async start(variables: Record<string, string> = {}): Promise<KillableWorker> {
		const proxy = await startDynamoProxy(inject('services').dynamo.endpoint);
		return new KillableWorker(proxy, await startBehind(proxy, variables), variables);
	}

	/** Another one beside it, on the same store. */
	startAnother(variables: Record<string, string>): Promise<ApiWorker> {
		return startBehind(this.proxy, { ...this.variables, ...variables });
	}

	/** Kills the Worker where it is trapped, and starts the next one. */
	async killAt(reached: Promise<void>): Promise<void> {
		await reached;
		await this.worker.stop();
		this.worker = await startBehind(this.proxy, this.variables);
	}

	async stop(): Promise<void> {
		await this.worker.stop();
		this.proxy.close();
	}
}

function startBehind({ endpoint }: DynamoProxy, variables: Record<string, string>): Promise<ApiWorker> {
	const services = inject('services');
	return startApiWorker({
		services: { ...services, dynamo: { ...services.dynamo, endpoint } },
		variables: { JOB_LEASE_SECONDS: '1', ...variables },
	});
}

/** The version folders that a dataset has in the bucket. */
export async function storedVersions(datasetId: string): Promise<string[]> {
	const keys = await storedKeys(inject('services'), `datasets/${datasetId}/`);
	return [...new Set(keys.map((key) => key.split('/')[3]!))].sort();
}
