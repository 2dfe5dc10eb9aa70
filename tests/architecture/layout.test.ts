import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, root, sourceFiles } from './imports';

const TOP = new Set(
	`.ci bench docs executor-container messages project.inlang scripts src static tests
	.gitignore .npmrc .oxfmtrc.json .oxlintrc.json LICENSE eslint.config.js knip.json wrangler.toml
	README.md ARCHITECTURE.md CHANGELOG.md CONTRIBUTING.md package.json package-lock.json
	svelte.config.js tsconfig.json vite.config.ts vitest.config.ts`.split(/\s+/),
);
const MOST_LINES = 300;

/** Committed files, and new ones that are not ignored. */
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
	cwd: root,
	encoding: 'utf8',
})
	.split('\n')
	.filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const code = tracked.filter(
	(path) => /\.(ts|js|svelte|py)$/.test(path) && !path.startsWith('static/') && !path.includes('/fixtures/'),
);

test('the top level is the agreed one', () => {
	const top = new Set(tracked.map((path) => path.split('/')[0] as string));
	expect([...top].filter((name) => !TOP.has(name))).toEqual([]);
});

test('no file of code is longer than 300 lines', () => {
	const long = code
		.map((path) => ({ path, lines: read(path).split('\n').length }))
		.filter(({ lines }) => lines > MOST_LINES);
	expect(long).toEqual([]);
});

test('the entry of the Worker stays a table of what goes where', () => {
	expect(read('src/worker/index.ts').split('\n').length).toBeLessThanOrEqual(60);
});

test('files are named in kebab-case', () => {
	const named = code.filter((path) => /^(src|scripts|tests|bench)\//.test(path) && !path.endsWith('.py'));
	const allowed = /^[+]?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
	expect(named.filter((path) => !allowed.test(path.split('/').at(-1) as string))).toEqual([]);
});

test('every module of ours opens by saying what it is', () => {
	const modules = code.filter(
		(path) => /^(src|scripts|tests\/harness)\/.*\.(ts|js)$/.test(path) && !/\/routes\//.test(path),
	);
	expect(modules.filter((path) => !/^(\/\/ @ts-check\n)?(\/\/|\/\*)/.test(read(path)))).toEqual([]);
});

test('no test is skipped or alone', () => {
	const tests = code.filter(
		(path) =>
			/^tests\/.*\.test\.ts$|^executor-container\/tests\/.*\.py$/.test(path) && !path.startsWith('tests/architecture/'),
	);
	const silenced = /\b(test|it|describe)\.(skip|only|todo|fails)\b|pytest\.mark\.(skip|xfail)\b/;
	expect(tests.filter((path) => silenced.test(read(path)))).toEqual([]);
});

test('nothing is left to do in the code, and no path of one machine is in it', () => {
	const texts = tracked.filter(
		(path) =>
			/\.(ts|js|svelte|py|md|toml|json)$|^\.ci\//.test(path) &&
			!path.includes('/fixtures/') &&
			path !== 'tests/architecture/layout.test.ts',
	);
	const marks = /\b(TODO|FIXME|XXX|HACK)\b|\/home\/\w+\/|\/work\/(main|shared)/;
	expect(texts.filter((path) => marks.test(read(path)))).toEqual([]);
});

test('the lock file names no download address', () => {
	expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
});

test('what scripts/start.js needs before packages are installed comes with Node', () => {
	const early = new Set<string>(['scripts/start.js']);
	for (const file of early) {
		for (const { to } of importsOf(file).filter(
			({ typeOnly, to: path }) => !typeOnly && path !== 'scripts/lib/serve.js',
		)) {
			if (to.startsWith('scripts/')) early.add(to);
			else expect(to, `${file} imports it`).toMatch(/^node:/);
		}
	}
	expect(sourceFiles('scripts')).toEqual(expect.arrayContaining([...early]));
});
