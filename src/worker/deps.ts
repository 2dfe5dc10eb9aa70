// The only place that wires adapters: once an isolate what is costly to make, once a request what counts and remembers.
import { createAccess, type Access } from './access/access';
import { createKeyUse } from './access/key-use';
import { createSnapshot, type Held } from './access/snapshot';
import { Cost } from './cost';
import type { Env, Settings } from './env';
import { newId, type IdPrefix } from './ids';
import { createLocationCache, type LocationCache } from './infra/cache/location-cache';
import { IsolateMemory } from './infra/cache/memory';
import { createSharedCache, type SharedCache } from './infra/cache/shared-cache';
import { createAudit, type Client } from './infra/audit/adapter';
import type { Audit } from './infra/audit/port';
import { createDynamo } from './infra/dynamo/adapter';
import type { Dynamo } from './infra/dynamo/port';
import { createExecutor } from './infra/executor/client';
import type { Executor } from './infra/executor/port';
import { createLimiter } from './infra/limiter/adapter';
import type { Limiter } from './infra/limiter/port';
import { createJobQueue, type JobQueue } from './infra/queue/port';
import { createRenders } from './infra/renders/adapter';
import type { Renders } from './infra/renders/port';
import { createObjectStore } from './infra/s3/adapter';
import type { ObjectStore } from './infra/s3/port';
import { createSessionTokens, type SessionTokens } from './infra/tokens/session-token';
import { createViews, noViews } from './infra/views/adapter';
import type { Views } from './infra/views/port';
import { createLog, type Log } from './log';
import { readHint } from './render/hint';
import { ImageSource } from './render/image';
import { noContents, type PageContents } from './render/page-contents';
import { nowSeconds } from './time';

/** All that services may use; each names what it needs by `Pick`. */
export interface Deps {
	settings: Settings;
	access: Access;
	audit: Audit;
	/** Counts who opens which dashboard. */
	views: Views;
	dynamo: Dynamo;
	objects: ObjectStore;
	executor: Executor;
	cache: LocationCache;
	/** Values that never change under their name. */
	shared: SharedCache;
	/** Values that are overwritten, and never more than a guess. */
	hints: SharedCache;
	renders: Renders;
	/** Which image the executor runs. @throws AppError UPSTREAM_UNAVAILABLE when nobody knows */
	image(): Promise<string>;
	/** For the page that this request makes, if it makes one. */
	page: PageContents;
	/** Pages to be sent again, under names that no other page has. */
	templates: IsolateMemory;
	limiter: Limiter;
	queue: JobQueue;
	tokens: SessionTokens;
	cost: Cost;
	log: Log;
	/** UNIX seconds. */
	now(): number;
	newId(prefix: IdPrefix): string;
	/** Goes on after the answer was sent. */
	background(work: Promise<unknown>): void;
}

/** What belongs to one request of a page or program, shared by the procedures that it calls in-process. */
export interface RequestScope {
	requestId: string;
	/** Of the request that began it, whatever is called in-process for it. */
	client: Client;
	cost: Cost;
	deps: Deps;
}

/** Without a request it is work that nobody waits for. */
export type ScopeOf = (context: Pick<ExecutionContext, 'waitUntil'>, request?: Request) => RequestScope;

/** Characters of JSON, or bytes of pages, at hand: a fraction of the 128 MB that an isolate has, since a value is larger than its text. */
const MEMORY_CHARS = { values: 12 * 1024 * 1024, templates: 4 * 1024 * 1024 };

/** Wires an isolate; the function it returns wires a request. */
export function createScopes({ settings, bindings }: Env): ScopeOf {
	const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings;
	const dynamoOf = createDynamo({
		endpoint: settings.DYNAMODB_ENDPOINT,
		region,
		accessKeyId,
		secretAccessKey,
		prefix: settings.TABLE_PREFIX,
	});
	const objectsOf = createObjectStore({
		endpoint: settings.S3_ENDPOINT,
		bucket: settings.BUCKET,
		region: settings.S3_REGION ?? region,
		accessKeyId: settings.S3_ACCESS_KEY_ID ?? accessKeyId,
		secretAccessKey: settings.S3_SECRET_ACCESS_KEY ?? secretAccessKey,
	});
	const executorOf = createExecutor({ ...executorAddress({ settings, bindings }), secret: settings.EXECUTOR_SECRET });
	const memory = new IsolateMemory(MEMORY_CHARS.values);
	const templates = new IsolateMemory(MEMORY_CHARS.templates);
	const held: Held = new Map();
	const rendersOf = createRenders(bindings.RENDER);
	const images = new ImageSource({
		health: executorOf(new Cost()).health,
		minLevel: settings.EXECUTOR_MIN_LEVEL,
		now: Date.now,
	});
	const queue = createJobQueue(bindings.JOBS);
	const tokens = createSessionTokens(settings.SESSION_SECRET);
	const [listed, notedUses, gathered] = [new Set<string>(), new Map<string, number>(), noViews()];
	const retentionDays = settings.AUDIT_RETENTION_DAYS;

	return (context, request) => {
		const client = clientOf(request);
		const requestId = crypto.randomUUID();
		const cost = new Cost();
		const log = createLog({ requestId });
		const dynamo = dynamoOf(cost);
		// Counts that are written now and then, for many requests: they are on no request's meter.
		const aside = dynamoOf(new Cost());
		const cache = createLocationCache(cost);
		const snapshot = createSnapshot({ cache, held, ttl: settings.ACCESS_TTL_SECONDS, now: nowSeconds });
		const background = (work: Promise<unknown>) =>
			context.waitUntil(work.catch((error: unknown) => log.error({ event: 'background', error })));
		const caches = { kv: bindings.CARDS_KV, location: cache, cost, background };
		const shared = createSharedCache({ ...caches, memory });
		const hints = createSharedCache({ ...caches, memory: null });
		const alongside = (dashboardId: string) => readHint(hints, dashboardId);
		const limiter = createLimiter(bindings.LIMITER);
		const keyUsed = createKeyUse({
			dynamo: aside,
			limiter,
			most: settings.API_CALLS_PER_KEY,
			calls: callsOf(request),
			noted: notedUses,
			background,
			now: nowSeconds,
		});
		const deps: Deps = {
			settings,
			access: createAccess({ dynamo, snapshot, alongside, keyUsed, now: nowSeconds }),
			audit: createAudit({ dynamo, log, requestId, client, listed, retentionDays, now: nowSeconds }),
			views: createViews({ gathered, dynamo: aside, log, background, retentionDays, now: nowSeconds }),
			dynamo,
			objects: objectsOf(cost),
			executor: executorOf(cost),
			cache,
			shared,
			hints,
			renders: rendersOf(cost),
			image: () => images.current({ hints, background }),
			page: noContents(),
			templates,
			limiter,
			queue,
			tokens,
			cost,
			log,
			now: nowSeconds,
			newId,
			background,
		};
		return { requestId, client, cost, deps };
	};
}

/** Over the network where a URL is set, else the container that the platform runs. */
function executorAddress({ settings, bindings }: Env) {
	if (settings.EXECUTOR_URL) return { url: settings.EXECUTOR_URL, fetch: (request: Request) => fetch(request) };
	const containers = bindings.EXECUTOR!;
	return {
		url: 'http://executor',
		fetch: (request: Request) => containers.get(containers.idFromName('executor')).fetch(request),
	};
}

function clientOf(request: Request | undefined): Client {
	return {
		address: request?.headers.get('cf-connecting-ip') ?? null,
		userAgent: request?.headers.get('user-agent') ?? null,
	};
}

/** Calls that travel in a request: the typed API names them in its path, one after the other. */
function callsOf(request: Request | undefined): number {
	const path = request ? new URL(request.url).pathname : '';
	// A comma may be written as %2C too.
	return path.startsWith('/trpc/') ? path.split(/,|%2c/i).length : 1;
}
