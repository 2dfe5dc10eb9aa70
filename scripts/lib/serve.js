// @ts-check
// A product that runs until it is told to stop: services, sample data, the minute's tick, an orderly end.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { seed, VIEWER } from '../seed.js';
import { markUsed } from './build/build.js';
import { endServices } from './services/leftovers.js';
import { root } from './paths.js';
import { loadViewerPassword, writePrivate } from './services/secrets.js';
import { startStack } from './stack.js';

const MINUTE_MS = 60_000;

/** @typedef {import('./stack.js').Stack} Stack */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * Starts everything and stays until a signal ends the process.
 * @param {Settings} settings
 * @param {import('./build/build.js').Step} step
 */
export async function serve(settings, step) {
	let stop = () => endServices(settings.dataDir);
	let stopping = false;
	for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		process.on(signal, async () => {
			if (stopping) return;
			stopping = true;
			console.log('\nStopping');
			await stop();
			process.exit(0);
		});
	}
	const stack = await startStack(settings, { step });
	stop = stack.stop;
	await seedOnce(settings, stack, step);
	keepTime(stack);
	announce(settings, stack);
}

/** Beats as a minute begins, so that a schedule's time is met in its first second. @param {Stack} stack */
function keepTime(stack) {
	setTimeout(
		() => {
			keepTime(stack);
			void beat(stack);
		},
		MINUTE_MS - (Date.now() % MINUTE_MS),
	);
}

/** What Cloudflare's cron does in the cloud. @param {Stack} stack */
async function beat(stack) {
	markUsed(stack.build);
	const failed = await stack.tick().then(
		(ok) => (ok ? null : 'its handler failed'),
		(error) => error.message,
	);
	if (failed) console.error(`The minute's tick did not run: ${failed}`);
}

/** @param {Settings} settings */
const sampleFile = (settings) => join(settings.dataDir, 'sample.json');

/**
 * Sample data, in the first start with a data folder: whoever deletes it does not get it again.
 * @param {Settings} settings @param {Stack} stack @param {import('./build/build.js').Step} step
 */
async function seedOnce(settings, stack, step) {
	if (existsSync(sampleFile(settings))) return;
	const viewerPassword = loadViewerPassword(settings.dataDir);
	const { email, password } = stack.admin;
	try {
		const { dashboardId } = await step('Making sample data', () =>
			seed({ url: stack.url, email, password, viewerPassword }),
		);
		writePrivate(sampleFile(settings), { dashboardId });
	} catch (error) {
		console.error(`There is no sample data: ${/** @type {Error} */ (error).message}`);
	}
}

/** @param {Settings} settings @param {Stack} stack */
function announce(settings, { url, admin }) {
	const where = (/** @type {string} */ file) => relative(root, join(settings.dataDir, file));
	console.log(`\nready ${url}`);
	console.log(
		`  log in as ${admin.email} with ${admin.generated ? `${admin.password}  (kept in ${where('admin.json')})` : 'CARDINAL_ADMIN_PASSWORD'}`,
	);
	if (!existsSync(sampleFile(settings))) return;
	console.log(
		`  the sample dashboard is shared with ${VIEWER.email}, password ${loadViewerPassword(settings.dataDir)}`,
	);
}
