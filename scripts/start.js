// @ts-check
// `npm start`: from a fresh clone to a running Cardinal. It begins on whatever Node the system has, so it imports nothing
// from npm before the packages are there and the project's own Node has taken over.
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { runCommand } from './lib/problem.js';
import { step } from './lib/progress.js';
import { ensurePython } from './lib/setup/python.js';
import { readSettings } from './lib/settings.js';

await runCommand(async () => {
	const settings = readSettings(process.env);
	await ensurePackages();
	await ensureNode();
	if (!settings.executor.url) await ensurePython();
	const { serve } = await import('./lib/serve.js');
	await serve(settings, step);
});
