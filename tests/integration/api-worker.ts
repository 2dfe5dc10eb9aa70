// The Worker without its pages, bundled from the sources and run on workerd: for tests of the API that stop, kill and
// restart it, or give it settings of their own, in less time than a build takes.
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { resolve } from 'node:path';
import type { Addresses } from '../harness/stack';
import { createClient } from '$lib/client';
import type { JobMessage } from '$lib/contracts/job';

const root = resolve(import.meta.dirname, '../..');
let bundle: Promise<string> | undefined;

/** The bundled text of `src/worker/index.ts`; made once a test file. */
function bundleWorker(): Promise<string> {
	bundle ??= build({
		entryPoints: [resolve(root, 'src/worker/index.ts')],
		bundle: true,
		write: false,
		format: 'esm',
		target: 'es2022',
		conditions: ['workerd', 'worker', 'browser'],
		external: ['cloudflare:*', 'node:*'],
		// Packages that are CommonJS ask for Node's modules with `require`.
		banner: { js: `import { createRequire } from 'node:module'; const require = createRequire('file:///worker.js');` },
		alias: { $lib: resolve(root, 'src/lib') },
		logLevel: 'silent',
		plugins: [
			{
				name: 'without-pages',
				setup: (builder) => {
					builder.onResolve({ filter: /_worker\.js$/ }, () => ({ path: 'pages', namespace: 'none' }));
					builder.onLoad({ filter: /.*/, namespace: 'none' }, () => ({
						contents: `export default { fetch: async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }) };`,
					}));
				},
			},
		],
	}).then((result) => result.outputFiles[0]!.text);
	return bundle;
}

export interface ApiWorker {
	url: string;
	/** A client of the API; with a token it is that user. */
	client(token?: string): ReturnType<typeof createClient>;
	/** Runs the cron handler once. */
	tick(): Promise<void>;
	/** Sends what travels through the queue. */
	nudge(jobId: string): Promise<void>;
	stop(): Promise<void>;
}

export interface ApiWorkerOptions {
	services: Addresses;
	/** Over the settings that the services make necessary. */
	variables?: Record<string, string>;
}

/** Starts a Worker of its own on the shared services. */
export async function startApiWorker({ services, variables = {} }: ApiWorkerOptions): Promise<ApiWorker> {
	const { dynamo, s3, executor } = services;
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			host: '127.0.0.1',
			port: 0,
			cf: false,
			log: new Log(LogLevel.ERROR),
			// The Worker's log would drown the results; `DEBUG_WORKER=1` shows it.
			handleStructuredLogs: ({ message }) => {
				if (process.env.DEBUG_WORKER) process.stdout.write(`${message}\n`);
			},
			name: 'cardinal',
			modules: true,
			script: await bundleWorker(),
			compatibilityDate: '2026-11-01',
			compatibilityFlags: ['nodejs_compat'],
			unsafeTriggerHandlers: true,
			kvNamespaces: ['CARDS_KV'],
			queueProducers: { JOBS: 'jobs' },
			queueConsumers: { jobs: { maxBatchSize: 1, maxBatchTimeout: 0 } },
			durableObjects: {
				LIMITER: { className: 'LimiterDO', useSQLite: true },
				RENDER: { className: 'RenderDO', useSQLite: true },
			},
			bindings: {
				AWS_REGION: dynamo.region,
				AWS_ACCESS_KEY_ID: dynamo.accessKeyId,
				AWS_SECRET_ACCESS_KEY: dynamo.secretAccessKey,
				DYNAMODB_ENDPOINT: dynamo.endpoint,
				TABLE_PREFIX: dynamo.prefix,
				S3_ENDPOINT: s3.endpoint,
				S3_ACCESS_KEY_ID: s3.accessKeyId,
				S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
				BUCKET: s3.bucket,
				EXECUTOR_URL: executor.url,
				EXECUTOR_SECRET: executor.secret,
				SESSION_SECRET: 'tests-0123456789abcdefghijklmnop',
				CARDS_SECRET: 'tests-zyxwvutsrqponmlkjihgfedcba',
				APP_ORIGIN: 'http://localhost',
				CARDS_ORIGIN: 'http://cards.localhost',
				...variables,
			},
		}),
	);
	const url = (await miniflare.ready).origin;
	return {
		url,
		client: (token) => createClient({ url, ...(token && { token }) }),
		tick: async () => {
			await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).then((answer) => answer.arrayBuffer());
		},
		nudge: async (jobId) => {
			const message = { type: 'job', jobId } satisfies JobMessage;
			await (await miniflare.getQueueProducer('JOBS')).send(message);
		},
		stop: () => miniflare.dispose(),
	};
}

/** Two locations: each has a cache of its own over the same store. @param ttl seconds for which either goes on with what it read */
export function startTwoLocations(
	services: ApiWorkerOptions['services'],
	ttl: number,
): Promise<[ApiWorker, ApiWorker]> {
	const options = { services, variables: { ACCESS_TTL_SECONDS: String(ttl) } };
	return Promise.all([startApiWorker(options), startApiWorker(options)]);
}
