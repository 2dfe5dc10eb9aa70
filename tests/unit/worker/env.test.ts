import { expect, test } from 'vitest';
import { readEnv } from '../../../src/worker/env';

const settings = {
	AWS_ACCESS_KEY_ID: 'key',
	AWS_SECRET_ACCESS_KEY: 'hidden',
	DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000/',
	S3_ENDPOINT: 'http://127.0.0.1:9000',
	BUCKET: 'bi-datasets',
	SESSION_SECRET: '0123456789abcdefghijklmnopqrstuv',
	EXECUTOR_SECRET: '1123456789abcdefghijklmnopqrstuv',
	CARDS_SECRET: '2123456789abcdefghijklmnopqrstuv',
	EXECUTOR_URL: 'http://127.0.0.1:9100',
	APP_ORIGIN: 'http://localhost:8787',
	CARDS_ORIGIN: 'http://cards.localhost:8787',
	S3_REGION: '',
};
const bindings = { CARDS_KV: {}, JOBS: {}, RENDER: {}, LIMITER: {} };

test('settings have their defaults, and no slash at the end of an address', () => {
	const { settings: read } = readEnv({ ...settings, ...bindings });
	expect(read).toMatchObject({
		DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000',
		TABLE_PREFIX: 'bi_',
		ACCESS_TTL_SECONDS: 10,
		MAX_UPLOAD_BYTES: 100_000_000,
		ZONE: 'UTC',
	});
	expect(read.S3_REGION).toBeUndefined();
});

test('all that is missing or wrong is told at once, and no value', () => {
	const { BUCKET: _, ...rest } = settings;
	const raw = { ...rest, ...bindings, ZONE: 'Mars/Olympus', JOBS: undefined, EXECUTOR_URL: '' };
	expect(() => readEnv(raw)).toThrow(/BUCKET: .*ZONE: is not a time zone.*JOBS: binding is missing/);
	expect(() => readEnv({ ...settings, ...bindings, EXECUTOR_URL: '' })).toThrow(
		'EXECUTOR_URL: set it, or bind EXECUTOR',
	);
});

test('one secret for two purposes, or one host for pages and card scripts, starts nothing', () => {
	const { SESSION_SECRET, APP_ORIGIN } = settings;
	expect(() => readEnv({ ...settings, ...bindings, CARDS_SECRET: SESSION_SECRET })).toThrow(
		'Settings: CARDS_SECRET: is the same as another secret',
	);
	expect(() => readEnv({ ...settings, ...bindings, EXECUTOR_SECRET: SESSION_SECRET })).toThrow(/^Settings: EXECUTOR_/);
	expect(() => readEnv({ ...settings, ...bindings, CARDS_ORIGIN: `${APP_ORIGIN}/` })).toThrow(
		'Settings: CARDS_ORIGIN: must be another host than APP_ORIGIN',
	);
});

test.each(['short', 'a'.repeat(40), 'changeme-changeme-changeme-changeme-1', 'my-secret-0123456789-0123456789-abc'])(
	'a secret like %s starts nothing',
	(weak) => {
		expect(() => readEnv({ ...settings, ...bindings, SESSION_SECRET: weak })).toThrow(/^Settings: SESSION_SECRET: /);
		expect(() => readEnv({ ...settings, ...bindings, SESSION_SECRET: weak })).not.toThrow(weak);
	},
);
