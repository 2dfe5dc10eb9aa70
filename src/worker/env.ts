// Settings and bindings, read in one place: every missing or bad name is told in one message at the first request.
import * as z from 'zod';
import { USUAL_MAX_BYTES } from '$lib/contracts/upload';
import type { LimiterDO } from './durable/limiter';
import type { RenderDO } from './durable/render';

/** Secrets that are published somewhere, or too short to be one, protect nothing. */
const secret = z
	.string()
	.min(32, 'at least 32 characters')
	.refine((text) => new Set(text).size >= 8, 'looks like a placeholder')
	.refine((text) => !/secret|password|changeme|example/i.test(text), 'looks like a placeholder');
const url = z.url().transform((text) => text.replace(/\/+$/, ''));
/** Wrangler hands over an empty text for a variable that is not set. */
const optional = <T extends z.ZodType>(schema: T) =>
	z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const count = z.coerce.number().int().min(1);

const SECRETS = ['SESSION_SECRET', 'EXECUTOR_SECRET', 'CARDS_SECRET'] as const;

const settingsSchema = z.object({
	AWS_REGION: z.string().min(1).default('us-east-1'),
	AWS_ACCESS_KEY_ID: z.string().min(1),
	AWS_SECRET_ACCESS_KEY: z.string().min(1),
	DYNAMODB_ENDPOINT: url,
	TABLE_PREFIX: z.string().default('bi_'),
	S3_ENDPOINT: url,
	S3_REGION: optional(z.string()),
	S3_ACCESS_KEY_ID: optional(z.string()),
	S3_SECRET_ACCESS_KEY: optional(z.string()),
	BUCKET: z.string().min(3),
	SESSION_SECRET: secret,
	EXECUTOR_SECRET: secret,
	CARDS_SECRET: secret,
	/** Empty: the container binding. */
	EXECUTOR_URL: optional(url),
	EXECUTOR_MIN_LEVEL: z.coerce.number().int().min(2).default(2),
	APP_ORIGIN: url,
	CARDS_ORIGIN: url,
	ACCESS_TTL_SECONDS: z.coerce.number().int().min(0).max(300).default(10),
	MAX_UPLOAD_BYTES: count.default(USUAL_MAX_BYTES),
	/** An upload up to this size is imported before the answer; a larger one leaves a job. */
	SMALL_IMPORT_BYTES: z.coerce.number().int().min(0).default(10_000_000),
	/** For which a job stays with whoever works on it without a sign of life. */
	JOB_LEASE_SECONDS: count.default(60),
	/** Log-ins that may fail within a minute, before they are refused: of one account from one address, and from one address. */
	LOGIN_FAILURES_PER_ACCOUNT: count.default(5),
	LOGIN_FAILURES_PER_ADDRESS: count.default(50),
	/** Calls of the API that one key may make within a minute. */
	API_CALLS_PER_KEY: count.default(1200),
	/** Runs of cards that the viewers of one dashboard may cause within a minute. */
	EXECUTIONS_PER_DASHBOARD: count.default(600),
	AUDIT_RETENTION_DAYS: count.default(365),
	ZONE: z.string().default('UTC').refine(isZone, 'is not a time zone'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What Cloudflare hands to the Worker. */
export interface Bindings {
	ASSETS: Fetcher;
	CARDS_KV: KVNamespace;
	JOBS: Queue;
	RENDER: DurableObjectNamespace<RenderDO>;
	LIMITER: DurableObjectNamespace<LimiterDO>;
	EXECUTOR?: DurableObjectNamespace;
}
const bindingNames = ['CARDS_KV', 'JOBS', 'RENDER', 'LIMITER'] as const;

export interface Env {
	settings: Settings;
	bindings: Bindings;
}

/**
 * Parses what the platform handed over.
 * @throws Error naming every setting and binding that is missing or wrong; never their values
 */
export function readEnv(raw: Record<string, unknown>): Env {
	const parsed = settingsSchema.safeParse(raw);
	const problems = parsed.success
		? []
		: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
	problems.push(...bindingNames.filter((name) => !raw[name]).map((name) => `${name}: binding is missing`));
	if (parsed.success) problems.push(...conflictsOf(parsed.data));
	if (parsed.success && !parsed.data.EXECUTOR_URL && !raw['EXECUTOR'])
		problems.push('EXECUTOR_URL: set it, or bind EXECUTOR');
	if (problems.length > 0 || !parsed.success) throw new Error(`Settings: ${problems.join('; ')}`);
	return { settings: parsed.data, bindings: raw as unknown as Bindings };
}

/** Settings that are right by themselves and not together. */
function conflictsOf(settings: Settings): string[] {
	const repeated = SECRETS.filter((name, index) =>
		SECRETS.slice(0, index).some((before) => settings[before] === settings[name]),
	);
	// A card's own scripts must share no host with the pages, or they could act as whoever looks at them.
	const isOneHost = new URL(settings.APP_ORIGIN).host === new URL(settings.CARDS_ORIGIN).host;
	return [
		...repeated.map((name) => `${name}: is the same as another secret`),
		...(isOneHost ? ['CARDS_ORIGIN: must be another host than APP_ORIGIN'] : []),
	];
}

function isZone(zone: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}
