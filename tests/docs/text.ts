// The project's pages, for tests that hold them against the code.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every Markdown page that is committed or about to be. */
export const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
	cwd: root,
	encoding: 'utf8',
})
	.split('\n')
	.filter((path) => path !== '' && existsSync(join(root, path)));

/** What stands between backticks in a page, apart from blocks of code. */
export function codeIn(path: string): string[] {
	const prose = read(path).replace(/^```[\s\S]*?^```/gm, '');
	return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);
}
