// @ts-check
// A Vite plugin that makes the entry of the pages one file with everything a dashboard's page is made of, so that a first visit
// fetches one script and one stylesheet. What such a page loads on demand, and the other pages, stay apart and share two files.
// Needs SvelteKit's `bundleStrategy: 'single'`, which gives the pages one entry; that it would also be one file is undone here.

const VIEWER = [
	'/kit/src/runtime/client/',
	'/routes/+layout.svelte',
	'/routes/+error.svelte',
	'/routes/(app)/+layout.svelte',
	'/routes/(app)/+error.svelte',
	'/routes/(app)/dashboards/[id]/+page.svelte',
	'/routes/(app)/dashboards/[id]/+page.ts',
	// Styles are small and a request each is not: all of them travel with the first page.
	'type=style',
];
/** SvelteKit's own module for each layout, page and error page. */
const NODE = '/client-optimized/nodes/';

// Pages' state goes with the client: it makes that file depend on the entry, where the bundler then puts its own helpers too.
// What reads parameters carries a parser of Python, which only editors need: it stays out of both.
const CLIENT = /\/src\/lib\/(client|contracts|state(?!\/param))\/|\/(@trpc|zod)\//;
const CONTROLS = /\/src\/lib\/(components\/(ui|dashboard)|domain(?!\/(?:params|python))|paraglide)\/|\/@lucide\//;

// The words of schedules are a CommonJS package: alone in a file it would have the bundler's helpers apart from the entry, as a
// second request of every page.
const SCHEDULES = /\/src\/lib\/state\/cron-words|\/cronstrue\//;

const isViewers = (/** @type {string} */ id) => VIEWER.some((part) => id.includes(part));

/** @returns {import('vite').Plugin} */
export function viewerChunk() {
	return {
		name: 'cardinal:viewer-chunk',
		applyToEnvironment: (environment) => environment.name === 'client',
		// Else the entry would be a file of two lines beside the one with the code.
		options: (options) => ({ ...options, preserveEntrySignatures: 'allow-extension' }),
		outputOptions(options) {
			const viewer = {
				name: /** @type {import('vite').Rolldown.CodeSplittingNameFunction} */ (
					(id, graph) => {
						const needed = id.includes(NODE) ? graph.getModuleInfo(id)?.importedIds.every(isViewers) : isViewers(id);
						return needed ? 'viewer' : null;
					}
				),
				debugName: 'viewer',
				priority: 3,
			};
			const schedules = { name: 'schedules', test: SCHEDULES, priority: 3 };
			const client = { name: 'client', test: CLIENT, minShareCount: 2, priority: 2 };
			const controls = { name: 'controls', test: CONTROLS, minShareCount: 2, priority: 1 };
			return { ...options, codeSplitting: { groups: [viewer, schedules, client, controls] } };
		},
	};
}
