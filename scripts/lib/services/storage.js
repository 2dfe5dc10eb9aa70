// @ts-check
// The local bucket: R2 in workerd behind its S3 endpoint. The only module that knows that endpoint is experimental.
import { startWorkerd } from './worker.js';

const S3_PATH = '/cdn-cgi/local/r2/s3';

/**
 * @param {import('./service.js').Place} place
 * @param {{ bucket: string, accessKeyId: string, secretAccessKey: string }} options
 * @returns {Promise<{ service: import('./service.js').Service, endpoint: string }>} objects are at `{endpoint}/{bucket}/{key}`
 */
export async function startStorage(place, { bucket, accessKeyId, secretAccessKey }) {
	const { service, port } = await startWorkerd(place, {
		name: 'the bucket',
		key: 'storage',
		worker: {
			name: 'storage',
			modules: true,
			script: 'export default { fetch: () => new Response(null, { status: 404 }) }',
			compatibilityDate: '2026-11-01',
			r2Buckets: { BUCKET: { id: bucket, s3Credentials: { accessKeyId, secretAccessKey } } },
		},
	});
	return { service, endpoint: `http://127.0.0.1:${port}${S3_PATH}` };
}
