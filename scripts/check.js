// @ts-check
// `npm run check`: format, lint, types, Python, unused code. `-- --fix` formats and mends what a tool can mend by itself.
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { runCommand } from './lib/problem.js';
import { ensurePython } from './lib/setup/python.js';

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	await ensurePython();
	const { runChecks } = await import('./lib/checks.js');
	const failed = await runChecks({ fix: process.argv.includes('--fix') });
	if (failed.length === 0) return;
	console.error(`\nFailed: ${failed.join(', ')}`);
	return 1;
});
