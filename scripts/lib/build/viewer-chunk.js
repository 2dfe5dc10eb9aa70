// @ts-check
// A Vite plugin that puts what a dashboard's page is made of into one file, so that a first visit fetches few, and packs better.
// Everything such a page imports statically comes along; what it loads on demand stays apart.

const VIEWER = [
	'/kit/src/runtime/client/',
	'/routes/+layout.svelte',
	'/components/shell/error-page.svelte',
	'/routes/(app)/+layout.svelte',
	'/routes/(app)/dashboards/[id]/+page.svelte',
	// Styles are small and a request each is not: all of them travel with the first page.
	'type=style',
];

/** @returns {import('vite').Plugin} */
export function viewerChunk() {
	return {
		name: 'cardinal:viewer-chunk',
		applyToEnvironment: (environment) => environment.name === 'client',
		outputOptions(options) {
			const test = (/** @type {string} */ id) => VIEWER.some((part) => id.includes(part));
			return { ...options, codeSplitting: { groups: [{ name: 'viewer', test }] } };
		},
	};
}
