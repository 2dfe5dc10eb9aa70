// The suites of `npm test` that run on vitest, one project each. `unit`, `architecture` and `docs` need nothing beside Node;
// the others share one running product for each project, started by their global set-up.
import { resolve } from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { paraglide } from './scripts/lib/build/paraglide.js';

const alias = { $lib: resolve('src/lib') };
const plugins = [paraglideVitePlugin(paraglide), svelte()];

const alone = (name: string) => ({
	plugins,
	resolve: { alias },
	test: { name, include: [`tests/${name}/**/*.test.ts`] },
});

const beside = (name: string, setup: string) => ({
	...alone(name),
	test: {
		...alone(name).test,
		globalSetup: [`tests/harness/${setup}.ts`],
		fileParallelism: false,
		testTimeout: 180_000,
		hookTimeout: 600_000,
	},
});

export default defineConfig({
	test: {
		projects: [
			alone('unit'),
			alone('architecture'),
			alone('docs'),
			beside('integration', 'services'),
			// A product of its own: what arbitrary calls leave behind is met by nobody.
			beside('fuzz', 'product'),
			beside('contract', 'product'),
			beside('e2e', 'product'),
		],
	},
});
