// @ts-check
// The whole product on this machine, or the parts that a test asks for: DynamoDB, bucket, executor, Worker. `npm start`,
// tests and benches all start it here. Needs Node 24 and installed packages.
import { ensureBuild } from './build/build.js';
import { startDynamo } from './services/dynamo.js';
import { startExecutor } from './services/executor.js';
import { provisionAdmin } from './provision/first-admin.js';
import { claim, endLeftovers, forget } from './services/leftovers.js';
import { freePort, isPortFree } from './services/ports.js';
import { Problem } from './problem.js';
import { loadAdmin, loadSecrets } from './services/secrets.js';
import { startStorage } from './services/storage.js';
import { provisionTables } from './provision/tables.js';
import { startWorker, tick, workerVariables } from './services/worker.js';

/** @typedef {'dynamo' | 'storage' | 'executor' | 'worker'} Part */
/** @typedef {import('./services/service.js').Service} Service */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * @typedef {object} Stack addresses of parts that were not asked for are empty
 * @property {string} url of the app
 * @property {string} cardsUrl of the cards host
 * @property {import('./provision/dynamo-client.js').DynamoAccess} dynamo
 * @property {{ endpoint: string, region: string, bucket: string, accessKeyId: string, secretAccessKey: string }} s3
 * @property {{ url: string, secret: string }} executor
 * @property {{ email: string, password: string, generated: boolean }} admin
 * @property {string} build folder that the Worker runs from
 * @property {Partial<Record<Part, Service>>} services that were started here
 * @property {() => Promise<boolean>} tick runs the cron handler once
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill SIGKILL to everything at once, as a crash of the machine would
 */

const ALL = /** @type {const} */ (['dynamo', 'storage', 'executor', 'worker']);

/**
 * Starts the parts side by side, creates the tables, then starts the Worker.
 * @param {Settings} settings
 * @param {object} options
 * @param {readonly Part[]} [options.parts] all when left out
 * @param {import('./build/build.js').Step} options.step how to say what is being done
 * @param {(sentence: string) => void} [options.onTrouble] hears that a service has ended by itself
 * @param {Record<string, string>} [options.variables] of the Worker, over those of the environment
 * @returns {Promise<Stack>}
 * @throws {Problem}
 */
export async function startStack(settings, { parts = ALL, step, onTrouble = console.error, variables = {} }) {
	await endLeftovers(settings.dataDir);
	const wants = (/** @type {Part} */ part) => parts.includes(part);
	const port = wants('worker') ? await choosePort(settings.port) : 0;
	const build = wants('worker') ? await ensureBuild(step) : '';
	const secrets = loadSecrets(settings.dataDir);
	const vars = build ? workerVariables(build, settings.env) : {};
	const stack = describe(settings, { secrets, vars, port, build });
	const place = { ...settings, onTrouble, onSpawn: claim(settings.dataDir, stack.url || null) };
	try {
		await step(`Starting ${parts.length > 1 ? 'services' : parts[0]}`, async () => {
			await all([
				wants('dynamo') && startTables(place, stack),
				wants('storage') && startBucket(place, stack),
				wants('executor') && startPython(place, stack),
			]);
			if (wants('worker'))
				await startApp(place, stack, port, { ...vars, ...workerSettings(stack, secrets), ...variables });
		});
	} catch (error) {
		await stack.stop();
		throw error;
	}
	return stack;
}

/** Waits for all, and only then fails, so that nothing starts after it is told to stop. @param {(Promise<void> | false)[]} tasks */
async function all(tasks) {
	const failed = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected');
	if (failed) throw failed.reason;
}

/** @param {number} wanted */
async function choosePort(wanted) {
	if (wanted === 0) return freePort();
	if (await isPortFree(wanted)) return wanted;
	throw new Problem(
		`Port ${wanted} is taken by another program: stop it, or start Cardinal with PORT set to another, such as PORT=${wanted + 1} npm start.`,
	);
}

/**
 * @param {Settings} settings
 * @param {{ secrets: import('./services/secrets.js').Secrets, vars: Record<string, string>, port: number, build: string }} made
 * @returns {Stack}
 */
function describe(settings, { secrets, vars, port, build }) {
	const { env, s3, dynamo, executor, dataDir } = settings;
	const region = env.AWS_REGION || vars.AWS_REGION || 'us-east-1';
	const own = { accessKeyId: secrets.AWS_ACCESS_KEY_ID, secretAccessKey: secrets.AWS_SECRET_ACCESS_KEY };
	const given = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
	const s3Given = { accessKeyId: s3.accessKeyId ?? '', secretAccessKey: s3.secretAccessKey ?? '' };
	/** @type {Stack['services']} */
	const services = {};
	const each = (/** @type {(service: Service) => Promise<void>} */ act) => all(Object.values(services).map(act));
	return {
		url: port ? `http://localhost:${port}` : '',
		cardsUrl: port ? `http://cards.localhost:${port}` : '',
		dynamo: {
			endpoint: dynamo.endpoint ?? '',
			region,
			prefix: vars.TABLE_PREFIX ?? 'bi_',
			...(dynamo.endpoint ? given : own),
		},
		s3: { endpoint: s3.endpoint ?? '', region, bucket: vars.BUCKET ?? 'bi-datasets', ...(s3.endpoint ? s3Given : own) },
		executor: { url: executor.url ?? '', secret: executor.secret ?? secrets.EXECUTOR_SECRET },
		admin: loadAdmin(dataDir, settings.admin),
		build,
		services,
		tick: () => tick(`http://127.0.0.1:${port}`),
		stop: async () => {
			await services.worker?.stop(); // first, so that it fails no request for want of the others
			await each((service) => service.stop());
			forget(dataDir);
		},
		kill: async () => {
			await each((service) => service.kill());
			forget(dataDir);
		},
	};
}

/** @typedef {Settings & import('./services/service.js').Place} Here */

/** @param {Here} here @param {Stack} stack */
async function startTables(here, stack) {
	if (!stack.dynamo.endpoint) {
		const { service, endpoint } = await startDynamo(here, here.dynamo.engine);
		stack.services.dynamo = service;
		stack.dynamo.endpoint = endpoint;
	}
	await provisionTables(stack.dynamo);
	await provisionAdmin(stack.dynamo, stack.admin);
}

/** @param {Here} here @param {Stack} stack */
async function startBucket(here, stack) {
	if (stack.s3.endpoint) return;
	const { service, endpoint } = await startStorage(here, stack.s3);
	stack.services.storage = service;
	stack.s3.endpoint = endpoint;
}

/** @param {Here} here @param {Stack} stack */
async function startPython(here, stack) {
	if (stack.executor.url) return;
	const { service, url } = await startExecutor(here, { secret: stack.executor.secret });
	stack.services.executor = service;
	stack.executor.url = url;
}

/** @param {Here} here @param {Stack} stack @param {number} port @param {Record<string, string>} values */
async function startApp(here, stack, port, values) {
	const { service } = await startWorker(here, { port, build: stack.build, settings: values });
	stack.services.worker = service;
}

/** @param {Stack} stack @param {import('./services/secrets.js').Secrets} secrets @returns {Record<string, string>} */
function workerSettings(stack, secrets) {
	const { dynamo, s3, executor } = stack;
	return {
		SESSION_SECRET: secrets.SESSION_SECRET,
		EXECUTOR_SECRET: executor.secret,
		CARDS_SECRET: secrets.CARDS_SECRET,
		AWS_REGION: dynamo.region,
		AWS_ACCESS_KEY_ID: dynamo.accessKeyId,
		AWS_SECRET_ACCESS_KEY: dynamo.secretAccessKey,
		DYNAMODB_ENDPOINT: dynamo.endpoint,
		S3_ENDPOINT: s3.endpoint,
		S3_ACCESS_KEY_ID: s3.accessKeyId,
		S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
		BUCKET: s3.bucket,
		EXECUTOR_URL: executor.url,
		APP_ORIGIN: stack.url,
		CARDS_ORIGIN: stack.cardsUrl,
	};
}
