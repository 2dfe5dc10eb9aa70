// `npm start` as a person meets it: one command, one address, one sentence when something is in the way, nothing left behind.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isGroupAlive } from '../../scripts/lib/services/leftovers.js';
import { freePort } from '../../scripts/lib/services/ports.js';
import { TEST_FOLDER } from '../../scripts/lib/suites.js';

/** A first start builds the product. */
const START_MS = 600_000;
const dataDir = mkdtempSync(TEST_FOLDER);
let product: Run | undefined;
afterAll(async () => {
	await product?.end('SIGTERM');
	rmSync(dataDir, { recursive: true, force: true });
});

describe('what is in the way is one sentence', () => {
	let neighbour: Server;
	let taken: number;
	beforeAll(async () => {
		neighbour = createServer().listen(0, '127.0.0.1');
		await new Promise((done) => neighbour.once('listening', done));
		taken = (neighbour.address() as AddressInfo).port;
	});
	afterAll(() => neighbour.close());

	test.each([
		[
			'a port that is taken',
			() => ({ PORT: String(taken) }),
			/^Port \d+ is taken by another program: stop it, or start Cardinal with PORT set to another/,
		],
		['a port that is none', () => ({ PORT: 'web' }), /^PORT must be a number up to 65535, not "web"\.$/],
		[
			'a data folder that cannot be made',
			() => ({ DATA_DIR: '/dev/null/data' }),
			/^The data folder \/dev\/null\/data cannot be written/,
		],
		[
			'an executor without its secret',
			() => ({ EXECUTOR_URL: 'http://127.0.0.1:1' }),
			/^EXECUTOR_URL is set: set EXECUTOR_SECRET/,
		],
		[
			'a bucket without its keys',
			() => ({ S3_ENDPOINT: 'http://127.0.0.1:1' }),
			/^S3_ENDPOINT is set: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/,
		],
	])('%s', async (_name, variables, sentence) => {
		const run = npmStart(variables());
		expect(await run.ended).toBe(1);
		const said = run.output().trim();
		expect(said).toMatch(sentence);
		expect(said.split('\n')).toHaveLength(1);
	});
});

test(
	'it starts, says where and with which log-in, and lives in its data folder',
	async () => {
		product = npmStart({ PORT: String(await freePort()) });
		await product.says(/^ready http:\/\/localhost:\d+$/m);
		const [, url] = product.output().match(/^ready (\S+)$/m) as RegExpMatchArray;
		const admin = JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8'));
		expect(product.output()).toContain('the sample dashboard is shared with');
		expect(product.output()).toContain(`log in as ${admin.email} with ${admin.password}`);
		const answer = await fetch(`${url}/api/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(admin),
		});
		expect(answer.status).toBe(200);
	},
	START_MS,
);

test('a second one with the same data says that the first is running', async () => {
	const run = npmStart({ PORT: String(await freePort()) });
	expect(await run.ended).toBe(1);
	expect(run.output().trim()).toMatch(
		/^Cardinal is already running with this data folder \(process \d+, http:\/\/localhost:\d+\)/,
	);
});

test(
	'killed without warning, it ends its leftovers at the next start, which builds and seeds nothing',
	async () => {
		const before = groups();
		await product?.end('SIGKILL');
		product = npmStart({ PORT: String(await freePort()) });
		await product.says(/^ready /m);
		for (const group of before) expect(isGroupAlive(group)).toBe(false);
		expect(product.output()).not.toMatch(/Building|sample data \.\.\./);
	},
	START_MS,
);

test('Ctrl-C ends every process that it started', async () => {
	const ours = groups();
	expect(ours.length).toBeGreaterThanOrEqual(4);
	expect(await product?.end('SIGINT')).toBe(0);
	for (const group of ours) expect(isGroupAlive(group)).toBe(false);
	expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
});

interface Run {
	ended: Promise<number | null>;
	output(): string;
	says(text: RegExp): Promise<void>;
	end(signal: NodeJS.Signals): Promise<number | null>;
}

function npmStart(variables: Record<string, string>): Run {
	const { PATH, HOME, LANG, TMPDIR } = process.env;
	const env = { PATH, HOME, LANG, TMPDIR, DATA_DIR: dataDir, ...variables };
	const child: ChildProcess = spawn(process.execPath, [resolve('scripts/start.js')], {
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	child.stdout?.on('data', (chunk) => (text += chunk));
	child.stderr?.on('data', (chunk) => (text += chunk));
	let isOver = false;
	const ended = new Promise<number | null>((done) => child.once('close', done)).finally(() => (isOver = true));
	return {
		ended,
		output: () => text,
		says: async (wanted) => {
			while (!wanted.test(text)) {
				if (isOver) throw new Error(`npm start ended: ${text}`);
				await sleep(50);
			}
		},
		end: (signal) => {
			child.kill(signal);
			return ended;
		},
	};
}

/** The process groups of the product that runs on the data folder. */
function groups(): number[] {
	const { services } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
	return Object.values(services as Record<string, { pid: number }>).map(({ pid }) => pid);
}
