// @ts-check
// What `npm run check` consists of; every part runs, whatever came of the ones before.
import { join } from 'node:path';
import { executorFolder, modules, root, venvFolder, inVenv } from './paths.js';
import { step } from './progress.js';
import { run } from './run.js';
import { prepareTypes } from './setup/types.js';

/**
 * @param {{ fix: boolean }} options
 * @returns {Promise<string[]>} the names of what failed
 */
export async function runChecks({ fix }) {
	await prepareTypes();
	const ruff = inVenv(venvFolder, 'ruff');
	/** @type {[name: string, program: string, args: string[], folder?: string][]} */
	const parts = [
		['format', bin('oxfmt'), fix ? [] : ['--check']],
		['lint', bin('oxlint'), fix ? ['--fix'] : []],
		['lint of Svelte', bin('eslint'), ['src', ...(fix ? ['--fix'] : [])]],
		['types', bin('svelte-check'), ['--tsconfig', 'tsconfig.json', '--fail-on-warnings', '--output', 'human']],
		['Python format', ruff, ['format', ...(fix ? [] : ['--check']), '.'], executorFolder],
		['Python lint', ruff, ['check', ...(fix ? ['--fix'] : []), '.'], executorFolder],
		['unused code', bin('knip'), []],
	];
	const failed = [];
	for (const [name, program, args, cwd = root] of parts) {
		const error = await step(`Checking ${name}`, () =>
			run(program, args, { cwd, lines: 500, failed: `${name} is not as it should be` }),
		).then(
			() => null,
			(reason) => reason,
		);
		if (!error) continue;
		console.error(error.message);
		failed.push(name);
	}
	return failed;
}

/** @param {string} name */
function bin(name) {
	return join(modules, '.bin', name);
}
