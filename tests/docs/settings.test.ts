import { expect, test } from 'vitest';
import { codeIn, read } from './text';

const documented = new Set(codeIn('docs/settings.md'));
const variables = [
	...(read('wrangler.toml').split('[vars]')[1] as string).split('\n[')[0]!.matchAll(/^([A-Z][A-Z0-9_]+) = /gm),
].map((match) => match[1] as string);
const settings = [
	...(read('src/worker/env.ts').match(/settingsSchema = z\.object\(\{([\s\S]*?)\n\}\);/)?.[1] ?? '').matchAll(
		/^\t([A-Z][A-Z0-9_]+):/gm,
	),
].map((match) => match[1] as string);
const executor = read('executor-container/cardinal_executor/settings.py');
const executorSettings = [
	...new Set([...executor.matchAll(/"(EXECUTOR_\w+|PORT)"/g)].map((match) => match[1] as string)),
];
const SECRET = /SECRET|ACCESS_KEY/;

test('every setting that the Worker reads is documented', () => {
	expect(settings.length).toBeGreaterThan(10);
	expect(settings.filter((name) => !documented.has(name))).toEqual([]);
});

test('every variable of the Worker has its default in wrangler.toml, and no secret has', () => {
	const missing = settings.filter((name) => !SECRET.test(name) && !variables.includes(name) && name !== 'S3_REGION');
	expect(missing).toEqual([]);
	expect(variables.filter((name) => SECRET.test(name) || !settings.includes(name))).toEqual([]);
});

test('every setting of npm start is documented', () => {
	const read_ = [...read('scripts/lib/settings.js').matchAll(/\benv\.([A-Z][A-Z0-9_]+)/g)].map(
		(match) => match[1] as string,
	);
	expect(read_.filter((name) => !documented.has(name))).toEqual([]);
});

test('every setting of the executor is documented, with its default', () => {
	const page = read('docs/settings.md').split('## The executor')[1] as string;
	const rows = [...page.matchAll(/^\| (`.+`) \| (.*?) \| /gm)].flatMap(([, names, defaults]) => {
		const values = defaults!.split(', ');
		return [...names!.matchAll(/`(\w+)`/g)].map((name, at) => [name[1] as string, values[at]] as const);
	});
	const told = new Map(rows);
	expect([...told.keys()].toSorted()).toEqual(executorSettings.toSorted());
	const defaults = [...executor.matchAll(/^ {4}"(\w+)": "?([\w.]+)"?,$/gm)].map((match) => match.slice(1, 3));
	expect(defaults.length).toBeGreaterThan(10);
	for (const [name, value] of defaults) expect(told.get(name!), name).toBe(value!.replaceAll('_', ''));
});

test('nothing is documented that is not read', () => {
	const known = new Set([
		...settings,
		...executorSettings,
		...[...read('scripts/lib/settings.js').matchAll(/\benv\.([A-Z][A-Z0-9_]+)/g)].map((match) => match[1] as string),
	]);
	expect(
		[...documented].filter(
			(name) => /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^PORT$|^ZONE$|^BUCKET$/.test(name) && !known.has(name),
		),
	).toEqual([]);
});
