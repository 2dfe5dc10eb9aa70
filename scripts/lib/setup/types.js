// @ts-check
// Types that are generated, of messages and of routes, and the settings that every tool reads of TypeScript.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@inlang/paraglide-js';
import { paraglide } from '../build/paraglide.js';
import { modules, root } from '../paths.js';
import { step } from '../progress.js';
import { run } from '../run.js';

/** Makes them anew from the sources. */
export function prepareTypes() {
	return step('Preparing types', async () => {
		await compile(paraglide);
		await run(join(modules, '.bin/svelte-kit'), ['sync'], { cwd: root });
	});
}

/** What runs without being checked needs no more than that they are there. */
export async function ensureTypes() {
	if (!existsSync(join(root, '.svelte-kit/tsconfig.json'))) await prepareTypes();
}
