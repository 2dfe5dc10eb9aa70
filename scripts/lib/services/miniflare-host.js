// @ts-check
// Runs one Worker on workerd, as a process of its own: `node miniflare-host.js <options.json>`. The options are Miniflare's
// (they hold secrets, hence a file). It says `listening` when it does; it ends on SIGTERM, and by itself when the process that
// started it is gone.
import { readFileSync } from 'node:fs';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';

/**
 * @typedef {object} HostOptions
 * @property {number} port on 127.0.0.1
 * @property {string} persist folder that KV, R2, Durable Objects and the cache are kept in
 * @property {import('miniflare').V4MiniflareOptions} worker
 */

const [file] = process.argv.slice(2);
/** @type {HostOptions} */
const { port, persist, worker } = JSON.parse(readFileSync(/** @type {string} */ (file), 'utf8'));

const miniflare = new Miniflare({
	...convertV4MiniflareOptions({
		...worker,
		host: '127.0.0.1',
		port,
		cf: false, // else it asks Cloudflare where we are
		log: new Log(LogLevel.ERROR),
	}),
	resourcePersistencePath: persist,
	unsafeTriggerHandlers: true, // lets the supervisor tick cron over HTTP
	logRequests: false,
	enableDevRegistry: false,
	telemetry: { enabled: false },
});
await miniflare.ready;
console.log('listening');

let stopping = false;
async function stop() {
	if (stopping) return;
	stopping = true;
	await miniflare.dispose();
	process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

const parent = process.ppid;
setInterval(() => {
	if (process.ppid !== parent) void stop();
}, 1_000).unref();
