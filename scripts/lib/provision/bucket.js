// @ts-check
// The bucket: made where it is missing, and told to forget uploads that nobody finished. Nothing else of it is touched.
import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';

const UPLOADS = { id: 'unfinished-uploads', prefix: 'uploads/', days: 1 };

/**
 * @typedef {object} BucketAccess
 * @property {string} endpoint
 * @property {string} region
 * @property {string} bucket
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 */

/**
 * Idempotent. Rules that somebody else gave the bucket stay as they are.
 * @param {BucketAccess} access
 * @returns {Promise<string[]>} what was done, a line each
 */
export async function provisionBucket({ endpoint, region, bucket, ...credentials }) {
	const aws = new AwsClient({ ...credentials, region, service: 's3', retries: 3 });
	const url = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
	const done = [];

	const found = await aws.fetch(url, { method: 'HEAD' });
	if (found.status === 404) {
		await expectOk('CreateBucket', aws.fetch(url, { method: 'PUT', body: location(region) }));
		done.push(`created bucket ${bucket}`);
	} else await expectOk('HeadBucket', Promise.resolve(found));

	const rules = await aws.fetch(`${url}?lifecycle`);
	if (rules.status === 404) {
		const body = lifecycle();
		const headers = { 'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64') };
		await expectOk('PutBucketLifecycleConfiguration', aws.fetch(`${url}?lifecycle`, { method: 'PUT', body, headers }));
		done.push(`unfinished uploads in ${bucket} are removed after a day`);
	} else if (!(await rules.text()).includes(`<Prefix>${UPLOADS.prefix}</Prefix>`)) {
		done.push(`${bucket} has lifecycle rules of its own: add one that expires ${UPLOADS.prefix} after a day`);
	}
	return done;
}

/** The same bucket as a resource of CloudFormation. @param {string} bucket */
export function bucketResource(bucket) {
	const { id: Id, prefix: Prefix, days } = UPLOADS;
	const AbortIncompleteMultipartUpload = { DaysAfterInitiation: days };
	return {
		Type: 'AWS::S3::Bucket',
		DeletionPolicy: 'Retain',
		Properties: {
			BucketName: bucket,
			PublicAccessBlockConfiguration: {
				BlockPublicAcls: true,
				BlockPublicPolicy: true,
				IgnorePublicAcls: true,
				RestrictPublicBuckets: true,
			},
			LifecycleConfiguration: {
				Rules: [{ Id, Prefix, Status: 'Enabled', ExpirationInDays: days, AbortIncompleteMultipartUpload }],
			},
		},
	};
}

/** @param {string} region where a bucket is made; us-east-1 is what S3 assumes and refuses to be told */
function location(region) {
	if (region === 'us-east-1' || region === 'auto') return undefined;
	return `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
}

function lifecycle() {
	const { id, prefix, days } = UPLOADS;
	const rule = [
		`<ID>${id}</ID><Filter><Prefix>${prefix}</Prefix></Filter><Status>Enabled</Status>`,
		`<Expiration><Days>${days}</Days></Expiration>`,
		`<AbortIncompleteMultipartUpload><DaysAfterInitiation>${days}</DaysAfterInitiation></AbortIncompleteMultipartUpload>`,
	];
	return `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>${rule.join('')}</Rule></LifecycleConfiguration>`;
}

/** @param {string} action @param {Promise<Response>} asked */
async function expectOk(action, asked) {
	const response = await asked;
	if (response.ok) return;
	throw new Error(`S3 ${action}: ${response.status} ${(await response.text()).slice(0, 500)}`);
}
