// @ts-check
// `npm run provision`: creates or updates the tables and the bucket that the environment names, and the first admin when
// CARDINAL_ADMIN_EMAIL and CARDINAL_ADMIN_PASSWORD are set; safe to run again. `--cloudformation` prints the tables and the
// bucket as a template instead.
import { Problem, runCommand } from './lib/problem.js';
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	const where = readEnvironment(process.env);
	if (process.argv.includes('--cloudformation')) await print(where);
	else await provision(where, process.env);
});

/** @param {NodeJS.ProcessEnv} env */
function readEnvironment(env) {
	const region = env.AWS_REGION || 'us-east-1';
	const s3Region = env.S3_REGION || region;
	return {
		region,
		prefix: env.TABLE_PREFIX ?? 'bi_',
		dynamoEndpoint: env.DYNAMODB_ENDPOINT || `https://dynamodb.${region}.amazonaws.com`,
		bucket: env.BUCKET || 'bi-datasets',
		s3Region,
		s3Endpoint: env.S3_ENDPOINT || `https://s3.${s3Region}.amazonaws.com`,
	};
}

/** @param {ReturnType<typeof readEnvironment>} where */
async function print({ prefix, bucket }) {
	const { cloudFormation } = await import('../src/worker/infra/dynamo/tables.ts');
	const { bucketResource } = await import('./lib/provision/bucket.js');
	const template = cloudFormation(prefix);
	const Resources = { ...template.Resources, Bucket: bucketResource(bucket) };
	console.log(JSON.stringify({ ...template, Resources }, null, 2));
}

/** @param {ReturnType<typeof readEnvironment>} where @param {NodeJS.ProcessEnv} env */
async function provision({ region, prefix, dynamoEndpoint, bucket, s3Region, s3Endpoint }, env) {
	const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
	if (!accessKeyId || !secretAccessKey) {
		throw new Problem(
			'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of an account that may create tables and buckets.',
		);
	}
	const { provisionTables } = await import('./lib/provision/tables.js');
	const { provisionBucket } = await import('./lib/provision/bucket.js');
	const { provisionAdmin } = await import('./lib/provision/first-admin.js');
	const tables = { endpoint: dynamoEndpoint, region, prefix, accessKeyId, secretAccessKey };
	const done = await provisionTables(tables);
	done.push(
		...(await provisionBucket({
			endpoint: s3Endpoint,
			region: s3Region,
			bucket,
			accessKeyId: env.S3_ACCESS_KEY_ID || accessKeyId,
			secretAccessKey: env.S3_SECRET_ACCESS_KEY || secretAccessKey,
		})),
	);
	const { CARDINAL_ADMIN_EMAIL: email, CARDINAL_ADMIN_PASSWORD: password } = env;
	if (email && password && (await provisionAdmin(tables, { email, password }))) done.push(`made the admin ${email}`);
	console.log(done.length > 0 ? done.join('\n') : 'Everything is as it should be.');
}
