// @ts-check
// A plain DynamoDB client for set-up work outside the Worker.
import { AwsClient } from 'aws4fetch';

/**
 * @typedef {object} DynamoAccess
 * @property {string} endpoint
 * @property {string} region
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} prefix of every table's name
 */

/** @typedef {(action: string, input: object) => Promise<any>} Call */

/**
 * @param {DynamoAccess} access
 * @returns {Call} throws on every answer that is not a success, with DynamoDB's own message and `name`
 */
export function dynamoClient({ endpoint, region, accessKeyId, secretAccessKey }) {
	const aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: 'dynamodb', retries: 3 });
	return async (action, input) => {
		const response = await aws.fetch(endpoint, {
			method: 'POST',
			headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${action}` },
			body: JSON.stringify(input),
		});
		const output = await response.json();
		if (response.ok) return output;
		const error = new Error(`DynamoDB ${action}: ${output.message ?? output.Message ?? response.status}`);
		error.name = String(output.__type).replace(/^.*#/, '');
		throw error;
	};
}
