// How pages are built. There is no dev server in the supported flow: the Worker serves what this builds.
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { flatIcons } from './scripts/lib/build/flat-icons.js';
import { paraglide } from './scripts/lib/build/paraglide.js';
import { viewerChunk } from './scripts/lib/build/viewer-chunk.js';
import { workerGuard } from './scripts/lib/build/worker-guard.js';

export default defineConfig({
	plugins: [workerGuard(), flatIcons(), tailwindcss(), paraglideVitePlugin(paraglide), viewerChunk(), sveltekit()],
	build: { target: 'es2022' },
});
