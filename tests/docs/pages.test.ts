import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, pages, read, root } from './text';

test('every link to a page or file of the project leads somewhere', () => {
	const broken = pages.flatMap((page) =>
		[...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
			.map((match) => (match[1] as string).replace(/#.*$/, ''))
			.filter((target) => target !== '' && !/^[a-z]+:/.test(target))
			.filter((target) => !existsSync(join(root, normalize(join(dirname(page), target)))))
			.map((target) => `${page}: ${target}`),
	);
	expect(broken).toEqual([]);
});

test('every path that a page names is there', () => {
	const named = pages.flatMap((page) =>
		codeIn(page)
			.filter((code) => /^(src|scripts|tests|docs|bench|executor-container|messages)\/[\w./+()[\]-]+$/.test(code))
			.filter((path) => !existsSync(join(root, path)))
			.map((path) => `${page}: ${path}`),
	);
	expect(named).toEqual([]);
});

test('every npm command that a page names exists', () => {
	const { scripts } = JSON.parse(read('package.json'));
	const commands = pages.flatMap((page) =>
		[...read(page).matchAll(/(?:^|`|&& )npm (?:run )?([a-z][\w:-]*)/gm)].map((match) => ({
			page,
			name: match[1] as string,
		})),
	);
	expect(commands.filter(({ name }) => !['install', 'i', 'ci'].includes(name) && !(name in scripts))).toEqual([]);
});

test('decisions are numbered without a gap, and each says what was decided', () => {
	const names = readdirSync(join(root, 'docs/decisions')).toSorted();
	expect(names.map((name) => name.slice(0, 4))).toEqual(
		names.map((_name, index) => String(index + 1).padStart(4, '0')),
	);
	expect(
		names.filter(
			(name) => !/^\d{4}-[a-z0-9-]+\.md$/.test(name) || !/^## Decision$/m.test(read(`docs/decisions/${name}`)),
		),
	).toEqual([]);
});
