// A Worker that does to the bucket what a test asks: the adapter uses streams that only workerd has.
import { Cost } from '../../src/worker/cost';
import { sweep } from '../../src/worker/entities/dataset/sweep';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import type { DynamoSettings } from '../../src/worker/infra/dynamo/transport';
import { createObjectStore, type S3Settings } from '../../src/worker/infra/s3/adapter';
import type { ObjectStore } from '../../src/worker/infra/s3/port';

type Method =
	| 'sweep'
	| 'fill'
	| 'put'
	| 'putStream'
	| 'get'
	| 'range'
	| 'head'
	| 'remove'
	| 'removeAll'
	| 'list'
	| 'createMultipart'
	| 'putPart'
	| 'completeMultipart'
	| 'abortMultipart'
	| 'presignGet';

/** A body as a test describes it: `text`, said to have so many bytes and that digest. */
interface Described {
	text: string;
	bytes: number;
	sha256?: string;
}

export default {
	async fetch(request: Request, env: { S3: S3Settings; DYNAMO: DynamoSettings }): Promise<Response> {
		const { method, args } = (await request.json()) as { method: Method; args: unknown[] };
		const cost = new Cost();
		const store = createObjectStore(env.S3)(cost);
		const withStreams = args.map((arg) => (isDescribed(arg) ? { ...arg, stream: new Blob([arg.text]).stream() } : arg));
		try {
			if (method === 'sweep') {
				const now = () => Date.now() / 1000 + (args[0] as number);
				return Response.json({
					result: await sweep({ objects: store, dynamo: createDynamo(env.DYNAMO)(cost), now }),
					calls: 0,
				});
			}
			if (method === 'fill')
				return Response.json({ result: await fill(store, args[0] as string, args[1] as number), calls: 0 });
			const result =
				method === 'list'
					? await all(store.list(args[0] as string))
					: await (store[method] as (...all: unknown[]) => unknown)(...withStreams);
			return Response.json({ result: readable(result), calls: cost.calls.s3 });
		} catch (error) {
			return Response.json({
				error: { code: (error as { code?: string }).code, message: (error as Error).message },
				calls: cost.calls.s3,
			});
		}
	},
};

/** Stores many small objects. */
async function fill(store: ObjectStore, prefix: string, count: number): Promise<number> {
	for (let start = 0; start < count; start += 40) {
		await Promise.all(
			Array.from({ length: Math.min(40, count - start) }, (_, n) => store.put(`${prefix}${start + n}`, 'x')),
		);
	}
	return count;
}

function isDescribed(arg: unknown): arg is Described {
	return typeof arg === 'object' && arg !== null && 'text' in arg;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
	const found: T[] = [];
	for await (const item of items) found.push(item);
	return found;
}

function readable(result: unknown): unknown {
	return result instanceof Uint8Array || result instanceof ArrayBuffer
		? new TextDecoder().decode(result)
		: (result ?? null);
}
