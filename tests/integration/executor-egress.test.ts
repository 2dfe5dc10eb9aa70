// What the executor's container can reach where the platform runs it: the class, the package's proxy and the bucket are real.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const { s3 } = inject('services');
const SECRET = 'a-secret-of-the-executor-0123456789';
const signer = new AwsClient({ ...s3, service: 's3' });
const asked: string[] = [];
let miniflare: Miniflare;
let elsewhere: Server;

beforeAll(async () => {
	const { outputFiles } = await build({
		entryPoints: [resolve(import.meta.dirname, 'executor-egress-worker.ts')],
		bundle: true,
		write: false,
		format: 'esm',
		target: 'es2022',
		external: ['cloudflare:*'],
	});
	miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: true,
			script: outputFiles[0]!.text,
			compatibilityDate: '2026-11-01',
			cf: false,
			log: new Log(LogLevel.ERROR),
			durableObjects: { HOST: { className: 'HostDO', useSQLite: true } },
			bindings: { S3_ENDPOINT: s3.endpoint, BUCKET: s3.bucket, EXECUTOR_SECRET: SECRET },
		}),
	);
	elsewhere = createServer((request, response) => {
		asked.push(request.url ?? '');
		response.end('reached');
	});
	await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
	await miniflare.dispose();
	elsewhere.close();
});

interface Outcome {
	started: { enableInternet: boolean; env: Record<string, string> }[];
	ways: string[];
	status: number;
	text: string;
}

/** Sends a request as if from inside the container. */
async function fromInside(url: string, method = 'GET', body: string | null = null): Promise<Outcome> {
	const request = { method: 'POST', body: JSON.stringify({ url, method, body }) };
	return (await (await miniflare.dispatchFetch('http://host/', request)).json()) as Outcome;
}

async function presigned(key: string, method = 'GET', bucket = s3.bucket): Promise<string> {
	const signed = await signer.sign(`${s3.endpoint}/${bucket}/${key}?X-Amz-Expires=60`, {
		method,
		aws: { signQuery: true },
	});
	return signed.url;
}

test('it starts without internet, and everything it sends over HTTP and HTTPS is looked at', async () => {
	const { started, ways } = await fromInside(await presigned('test/none'));
	expect(started).toEqual([
		{
			enableInternet: false,
			env: { EXECUTOR_SECRET: SECRET, SSL_CERT_FILE: '/etc/cloudflare/certs/cloudflare-containers-ca.crt' },
		},
	]);
	expect(ways.toSorted()).toEqual(['http', 'https *']);
});

test('it reads what it was given a signed address of', async () => {
	const put = await signer.fetch(`${s3.endpoint}/${s3.bucket}/test/egress`, { method: 'PUT', body: 'rows' });
	expect(put.status).toBe(200);
	expect(await fromInside(await presigned('test/egress'))).toMatchObject({ status: 200, text: 'rows' });
});

test('it writes nothing, even with a signature, and reads no other bucket', async () => {
	expect((await fromInside(await presigned('test/stolen', 'PUT'), 'PUT', 'secrets')).status).toBe(403);
	expect((await signer.fetch(`${s3.endpoint}/${s3.bucket}/test/stolen`)).status).toBe(404);
	expect((await fromInside(await presigned('key', 'GET', 'somebody-elses'))).status).toBe(403);
});

test('no other host hears of it', async () => {
	const { port } = elsewhere.address() as AddressInfo;
	const host = new URL(s3.endpoint).hostname;
	// Another name, and the bucket's own host at another port.
	for (const name of [host === 'localhost' ? '127.0.0.1' : 'localhost', host]) {
		expect((await fromInside(`http://${name}:${port}/${s3.bucket}/key`)).status).toBeGreaterThanOrEqual(400);
	}
	expect(asked).toEqual([]);
});
