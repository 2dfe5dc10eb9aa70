// What `wrangler deploy` would send, by its own dry run over the project's configuration and the build under test. Nothing is
// sent, and no account is needed.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { ensureBuild } from '../../scripts/lib/build/build.js';
import { modules, root } from '../../scripts/lib/paths.js';

/** Of the Worker's code, compressed: half of what the platform takes on its smallest plan. */
const MOST_BYTES = 1_500_000;
let build: string;
let said: string;

beforeAll(async () => {
	build = await ensureBuild((_what, work) => work());
	const folder = await mkdtemp(join(tmpdir(), 'cardinal-deploy-'));
	const worker = join(build, 'worker/index.js');
	const args = [
		'deploy',
		worker,
		'--no-bundle',
		'--assets',
		join(build, 'assets'),
		'--config',
		join(root, 'wrangler.toml'),
	];
	const { stdout } = await promisify(execFile)(
		process.execPath,
		[join(modules, 'wrangler/bin/wrangler.js'), ...args, '--dry-run', '--containers-rollout=none', '--outdir', folder],
		{ cwd: root, env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: folder, NO_COLOR: '1' } },
	).finally(() => rm(folder, { recursive: true, force: true }));
	said = stdout;
});

test('the configuration is accepted, with every binding that the Worker reads', () => {
	for (const binding of [
		'ASSETS',
		'CARDS_KV',
		'JOBS',
		'RENDER (RenderDO)',
		'LIMITER (LimiterDO)',
		'EXECUTOR (ExecutorContainer)',
	])
		expect(said).toContain(`env.${binding}`);
	expect(said).toContain('--dry-run: exiting now.');
});

test('the container is built from the Dockerfile of the executor', () => {
	expect(said).toMatch(/executorcontainer \(.*executor-container\/Dockerfile\)/);
});

test('the code is at most 1.5 MB compressed', async () => {
	expect(gzipSync(await readFile(join(build, 'worker/index.js'))).length).toBeLessThanOrEqual(MOST_BYTES);
});

test('what the platform starts by name is exported', async () => {
	const code = await readFile(join(build, 'worker/index.js'), 'utf8');
	const exported = code.slice(code.lastIndexOf('export {'));
	for (const name of ['RenderDO', 'LimiterDO', 'ExecutorContainer', 'ContainerProxy']) expect(exported).toContain(name);
});
