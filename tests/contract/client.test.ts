// The client as another project gets it: installed from its tarball, compiled against, and run against a product.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packClient } from '../../scripts/build-client.js';
import { run } from '../../scripts/lib/run.js';
import type * as ClientModule from '../../src/lib/client/index';
import { admin, product } from './api';

const modules = resolve('node_modules');
const outside = mkdtempSync(join(tmpdir(), 'cardinal-outside-'));
const installed = join(outside, 'node_modules/cardinal');

beforeAll(async () => {
	cpSync('tests/fixtures/outside', outside, { recursive: true });
	const tarball = await packClient(outside);
	await run('npm', ['install', '--no-audit', '--no-fund', '--silent', tarball], { cwd: outside });
}, 180_000);
afterAll(() => rmSync(outside, { recursive: true }));

interface Finding {
	file: string;
	line: number;
	code: string;
}

/** What the compiler says of the other project. */
function compile(): Promise<Finding[]> {
	return new Promise((done) => {
		execFile(
			process.execPath,
			[join(modules, 'typescript/bin/tsc'), '-p', outside, '--pretty', 'false'],
			{ cwd: outside },
			(_error, output) => {
				const found = output.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+)/gm);
				done([...found].map(([, file, line, code]) => ({ file: file!, line: Number(line), code: code! })));
			},
		);
	});
}

describe('an outside TypeScript project', () => {
	test('gets an error for every wrong field, procedure and code, and none for right ones', async () => {
		const lines = readFileSync(join(outside, 'wrong.ts'), 'utf8').split('\n');
		const expected = lines.flatMap((text, index) => {
			const code = /\/\/ error (TS\d+)/.exec(text)?.[1];
			return code ? [{ file: 'wrong.ts', line: index + 1, code }] : [];
		});
		expect(expected.length).toBeGreaterThan(5);
		expect(await compile()).toEqual(expected);
	});

	test('sees nothing of the server', () => {
		const types = readFileSync(join(installed, 'client/index.d.ts'), 'utf8');
		expect(types).not.toMatch(/dynamo|executor|Deps\b|KVNamespace|Fetcher|passwordHash|cloudflare/i);
		expect([...types.matchAll(/from '([^']+)'/g)].map((match) => match[1]).toSorted()).toEqual([
			'@trpc/client',
			'@trpc/server',
			'@trpc/server',
			'zod',
		]);
	});
});

describe('the built client', () => {
	const load = () =>
		import(/* @vite-ignore */ pathToFileURL(join(installed, 'client/index.js')).href) as Promise<typeof ClientModule>;

	test('calls a product with a token', async () => {
		const { createClient } = await load();
		const { token, userId } = await admin();
		const client = createClient({ url: product.url, token });
		expect((await client.auth.me.query()).userId).toBe(userId);
	});

	test('fails with the code, the reason and the details that the product gave', async () => {
		const { createClient, ApiError } = await load();
		const { token } = await admin();
		const failure = await createClient({ url: product.url, token })
			.users.list.query({ limit: 0 })
			.catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(ApiError);
		expect(failure).toMatchObject({ code: 'VALIDATION_ERROR', details: { fields: { limit: expect.any(String) } } });
	});
});
