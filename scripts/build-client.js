// @ts-check
// Builds what `cardinal/client` is for programs elsewhere: one JavaScript file, and one declaration file that holds the types
// of every procedure and nothing of the server behind them, packed as a tarball that another project installs.
// `npm run client [-- folder]`, else into `dist`.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { modules, root } from './lib/paths.js';
import { run } from './lib/run.js';

const ENTRY = 'lib/client/index';

/**
 * Types that the router's declarations mention and that say nothing to a caller.
 * @type {Record<string, string>} declarations to use instead, by file under `src`
 */
const SERVER_TYPES = {
	'worker/context.d.ts': 'export type Context = object;',
	'worker/trpc.d.ts': 'export type Meta = object;',
};

/** What the declarations import; the code has everything in it. */
const TYPES_NEED = ['@trpc/client', '@trpc/server', 'zod'];

/**
 * Packs the client into `folder`.
 * @param {string} folder
 * @returns {Promise<string>} the tarball
 */
export async function packClient(folder) {
	const work = mkdtempSync(join(tmpdir(), 'cardinal-client-package-'));
	const { name, version, license, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	try {
		const code = join(work, 'client');
		mkdirSync(code);
		await Promise.all([bundleCode(code), bundleTypes(code)]);
		const manifest = {
			name,
			version,
			license,
			type: 'module',
			exports: { './client': { types: './client/index.d.ts', default: './client/index.js' } },
			dependencies: Object.fromEntries(TYPES_NEED.map((needed) => [needed, dependencies[needed]])),
		};
		writeFileSync(join(work, 'package.json'), JSON.stringify(manifest, null, '\t'));
		copyFileSync(join(root, 'LICENSE'), join(work, 'LICENSE'));
		mkdirSync(folder, { recursive: true });
		await run('npm', ['pack', '--silent', '--pack-destination', folder], {
			cwd: work,
			failed: 'The client could not be packed',
		});
		return join(folder, `${name}-${version}.tgz`);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** @param {string} folder */
async function bundleCode(folder) {
	await build({
		entryPoints: [join(root, 'src', `${ENTRY}.ts`)],
		outfile: join(folder, 'index.js'),
		bundle: true,
		format: 'esm',
		platform: 'neutral',
		mainFields: ['module', 'main'],
		target: 'es2022',
		alias: { $lib: join(root, 'src/lib') },
		logLevel: 'error',
	});
}

/**
 * First TypeScript writes what it infers of the router, then the declarations that the client reaches become one file.
 * @param {string} folder
 */
async function bundleTypes(folder) {
	const work = mkdtempSync(join(tmpdir(), 'cardinal-client-'));
	try {
		await declare(work);
		const bundle = await rollup({
			input: join(work, `${ENTRY}.d.ts`),
			plugins: [withoutServer(work), dts({ compilerOptions: { paths: { '$lib/*': [join(work, 'lib/*')] } } })],
			external: [/^@trpc\//, 'zod'],
		});
		await bundle.write({ file: join(folder, 'index.d.ts'), format: 'es' });
		await bundle.close();
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** @param {string} work */
async function declare(work) {
	const config = join(work, 'tsconfig.json');
	const compilerOptions = {
		target: 'es2023',
		module: 'esnext',
		moduleResolution: 'bundler',
		strict: true,
		noCheck: true, // `npm run check` does that
		declaration: true,
		emitDeclarationOnly: true,
		rootDir: join(root, 'src'),
		outDir: work,
		typeRoots: [join(modules, '@types'), modules],
		types: ['@cloudflare/workers-types', 'node'],
		paths: { '$lib/*': [join(root, 'src/lib/*')] },
	};
	writeFileSync(config, JSON.stringify({ compilerOptions, files: [join(root, 'src', `${ENTRY}.ts`)] }));
	await run(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', config], {
		cwd: root,
		failed: 'The types of the client could not be built',
	});
}

/** @param {string} work @returns {import('rollup').Plugin} */
function withoutServer(work) {
	const replaced = new Map(Object.entries(SERVER_TYPES).map(([file, text]) => [join(work, file), text]));
	return { name: 'without-server', load: (id) => replaced.get(id) ?? null };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	console.log(await packClient(resolve(process.argv[2] ?? join(root, 'dist'))));
}
