// @ts-check
// Builds the product into `.data/builds/<hash of its sources>`, once for each state of the sources. It builds a copy of
// them, so that edits, checks and other builds in the checkout do not mix with it:
//   assets/               what the browser gets as files
//   worker/               the bundled Worker
//   worker-options.json   what `wrangler.toml` says, for Miniflare
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builds, modules } from '../paths.js';
import { run } from '../run.js';
import { readSources } from './sources.js';

const DAY_MS = 86_400_000;
const MODULE_TYPES = /** @type {const} */ ({
	js: 'ESModule',
	mjs: 'ESModule',
	wasm: 'CompiledWasm',
	txt: 'Text',
	html: 'Text',
	bin: 'Data',
});

/** @typedef {<T>(what: string, work: () => Promise<T>) => Promise<T>} Step as `step` of `progress.js` */

/**
 * The folder of the build of the present sources, made when it is not there.
 * @param {Step} step how to say what is being done; not called when there is nothing to do
 * @returns {Promise<string>}
 */
export async function ensureBuild(step) {
	const sources = readSources();
	const folder = join(builds, sources.hash);
	if (!existsSync(folder)) await step('Building', () => build(sources, folder));
	markUsed(folder);
	removeOldBuilds();
	return folder;
}

/** Keeps a build from being removed for a day. @param {string} folder */
export function markUsed(folder) {
	const now = new Date();
	utimesSync(folder, now, now);
}

/** @param {import('./sources.js').Sources} sources @param {string} folder */
async function build(sources, folder) {
	const work = mkdtempSync(join(tmpdir(), 'cardinal-build-'));
	try {
		for (const [file, content] of sources.files) {
			mkdirSync(dirname(join(work, file)), { recursive: true });
			writeFileSync(join(work, file), content);
		}
		symlinkSync(modules, join(work, 'node_modules'), 'dir');
		await buildPages(work);
		await bundleWorker(work);
		await writeWorkerOptions(work, folder);
		publish(join(work, 'out'), folder);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** @param {string} work */
async function buildPages(work) {
	await run(process.execPath, [join(modules, 'vite/bin/vite.js'), 'build'], {
		cwd: work,
		// Whatever the caller runs as: a test's own environment would make pages for developers.
		env: { ...process.env, NODE_ENV: 'production' },
		failed: 'The pages could not be built',
	});
	cpSync(join(work, '.svelte-kit/cloudflare'), join(work, 'out/assets'), {
		recursive: true,
		filter: (file) => !file.endsWith('_worker.js'),
	});
}

/** @param {string} work */
async function bundleWorker(work) {
	// It wants to see the container's Dockerfile, from which nothing is built here.
	mkdirSync(join(work, 'executor-container'));
	writeFileSync(join(work, 'executor-container/Dockerfile'), '');
	const args = ['deploy', '--dry-run', '--containers-rollout=none', '--outdir', 'out/worker'];
	await run(process.execPath, [join(modules, 'wrangler/bin/wrangler.js'), ...args], {
		cwd: work,
		env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(work, '.wrangler') },
		failed: 'The Worker could not be bundled',
	});
}

/** @param {string} work @param {string} folder where the build will lie */
async function writeWorkerOptions(work, folder) {
	const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler');
	const { workerOptions } = readOptions(join(work, 'wrangler.toml'), undefined, {
		overrides: { enableContainers: false },
	});
	const assets = /** @type {object} */ (workerOptions.assets);
	const code = listModules(join(work, 'out/worker'));
	writeFileSync(
		join(work, 'out/worker-options.json'),
		JSON.stringify(
			{
				...workerOptions,
				name: 'cardinal',
				rootPath: folder,
				modulesRoot: join(folder, 'worker'),
				modules: code.map(({ name, type }) => ({ type, path: join(folder, 'worker', name) })),
				assets: { ...assets, directory: join(folder, 'assets') },
			},
			null,
			'\t',
		),
	);
}

/** @param {string} folder @returns {{ name: string, type: string }[]} the entry first, as Miniflare wants it */
function listModules(folder) {
	const found = readdirSync(folder).flatMap((name) => {
		const type = /** @type {Record<string, string>} */ (MODULE_TYPES)[name.split('.').at(-1) ?? ''];
		return type ? [{ name, type }] : [];
	});
	return found.sort((a, b) => Number(b.name === 'index.js') - Number(a.name === 'index.js'));
}

/** @param {string} made @param {string} folder */
function publish(made, folder) {
	mkdirSync(builds, { recursive: true });
	const beside = mkdtempSync(join(builds, '.new-'));
	cpSync(made, beside, { recursive: true });
	try {
		renameSync(beside, folder);
	} catch (error) {
		rmSync(beside, { recursive: true });
		if (!existsSync(folder)) throw error; // else another process has just built the same
	}
}

function removeOldBuilds() {
	for (const name of readdirSync(builds)) {
		const folder = join(builds, name);
		if (Date.now() - statSync(folder).mtimeMs > DAY_MS) rmSync(folder, { recursive: true, force: true });
	}
}
