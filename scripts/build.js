// @ts-check
// `npm run build`: the pages in `.svelte-kit/cloudflare`, where `wrangler deploy` takes them from, and the packed client in
// `dist`. `npm start` needs neither: it builds into folders of its own.
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { modules, root } from './lib/paths.js';
import { runCommand } from './lib/problem.js';
import { step } from './lib/progress.js';
import { run } from './lib/run.js';

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	const { packClient } = await import('./build-client.js');
	await step('Building the pages', () =>
		run(process.execPath, [`${modules}/vite/bin/vite.js`, 'build'], { cwd: root }),
	);
	await step('Packing the client', () => packClient(`${root}/dist`));
});
