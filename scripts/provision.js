// @ts-check
// `npm run provision`: creates or updates the tables in the DynamoDB that the environment names, and the first admin when
// CARDINAL_ADMIN_EMAIL and CARDINAL_ADMIN_PASSWORD are set; safe to run again.
// `--cloudformation` prints the same definition as a template instead.
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { Problem, runCommand } from './lib/problem.js';

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	const { env } = process;
	const prefix = env.TABLE_PREFIX ?? 'bi_';
	if (process.argv.includes('--cloudformation')) {
		const { cloudFormation } = await import('../src/worker/infra/dynamo/tables.ts');
		console.log(JSON.stringify(cloudFormation(prefix), null, 2));
		return;
	}
	if (!env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) {
		throw new Problem('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of an account that may create tables.');
	}
	const region = env.AWS_REGION ?? 'us-east-1';
	const { provisionTables } = await import('./lib/provision/tables.js');
	const { provisionAdmin } = await import('./lib/provision/first-admin.js');
	const access = {
		endpoint: env.DYNAMODB_ENDPOINT || `https://dynamodb.${region}.amazonaws.com`,
		region,
		prefix,
		accessKeyId: env.AWS_ACCESS_KEY_ID,
		secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
	};
	const done = await provisionTables(access);
	const { CARDINAL_ADMIN_EMAIL: email, CARDINAL_ADMIN_PASSWORD: password } = env;
	if (email && password && (await provisionAdmin(access, { email, password }))) done.push(`made the admin ${email}`);
	console.log(done.length > 0 ? done.join('\n') : 'Every table is as it should be.');
});
