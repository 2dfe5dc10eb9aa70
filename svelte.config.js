// SvelteKit's settings. The adapter reads a wrangler file of its own, because it deletes and rewrites
// whatever that file calls `main`; ours (`src/worker/index.ts`) imports what the adapter writes.
import adapter from '@sveltejs/adapter-cloudflare';

/** @type {import('@sveltejs/kit').Config} */
export default {
	compilerOptions: { runes: true },
	kit: {
		adapter: adapter({ config: 'src/worker/adapter.wrangler.json' }),
		// One entry for all pages; `viewer-chunk.js` splits what it need not carry.
		output: { bundleStrategy: 'single' },
		paths: { relative: false },
	},
};
