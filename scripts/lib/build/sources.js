// @ts-check
// What a build is made of, read at one moment, and the hash that names it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../paths.js';

const SOURCES = [
	'messages',
	'package-lock.json',
	'package.json',
	'project.inlang',
	'scripts/lib/build',
	'src',
	'static',
	'svelte.config.js',
	'tsconfig.json',
	'vite.config.ts',
	'wrangler.toml',
];
const GENERATED = join('src', 'lib', 'paraglide');

/** @typedef {{ hash: string, files: [path: string, content: Buffer][] }} Sources paths are relative to the project */

/** @returns {Sources} */
export function readSources() {
	const hash = createHash('sha256');
	/** @type {Sources['files']} */
	const files = [];
	for (const path of SOURCES.flatMap(listFiles).sort()) {
		const content = readFileSync(join(root, path));
		files.push([path, content]);
		hash.update(`${path}\0${content.length}\0`).update(content);
	}
	return { hash: hash.digest('hex').slice(0, 16), files };
}

/** @param {string} source @returns {string[]} */
function listFiles(source) {
	const path = join(root, source);
	const stat = statSync(path, { throwIfNoEntry: false });
	if (!stat?.isDirectory()) return stat ? [source] : [];
	return readdirSync(path, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(root, join(entry.parentPath, entry.name)))
		.filter((file) => !file.startsWith(GENERATED));
}
