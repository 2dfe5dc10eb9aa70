// @ts-check
// A Vite plugin that fails the build when a page, component or client module imports the server's code
// (`src/worker`) as a value: it would be shipped to browsers. `import type` is erased before it gets here.
import { resolve, sep } from 'node:path';

const SERVER = resolve('src/worker') + sep;

/** @returns {import('vite').Plugin} */
export function workerGuard() {
	return {
		name: 'cardinal:worker-guard',
		enforce: 'pre',
		resolveId: {
			filter: { id: /\bworker\b/ }, // whoever is outside has to name the folder
			async handler(source, importer, options) {
				if (!importer || importer.startsWith(SERVER)) return null;
				const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
				if (!resolved?.id.startsWith(SERVER)) return null;
				throw new Error(`${importer} imports ${resolved.id}: pages reach the server through $lib/client only`);
			},
		},
	};
}
