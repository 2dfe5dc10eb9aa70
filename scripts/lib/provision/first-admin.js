// @ts-check
// Writes the first admin's account, unless somebody has the address already.
import { marshall } from '@aws-sdk/util-dynamodb';
import { firstAdmin } from '../../../src/worker/entities/user/first-admin.ts';
import { dynamoClient } from './dynamo-client.js';

/**
 * @param {import('./dynamo-client.js').DynamoAccess} access
 * @param {{ email: string, password: string }} admin
 * @returns {Promise<boolean>} whether the account was made
 */
export async function provisionAdmin(access, { email, password }) {
	const { user, guard } = await firstAdmin({ email, password, now: Math.floor(Date.now() / 1000) });
	const put = (/** @type {string} */ table, /** @type {object} */ item) => ({
		TableName: access.prefix + table,
		Item: marshall(item),
	});
	try {
		await dynamoClient(access)('TransactWriteItems', {
			TransactItems: [
				{
					Put: {
						...put('unique', guard),
						ConditionExpression: 'attribute_not_exists(#key)',
						ExpressionAttributeNames: { '#key': 'key' },
					},
				},
				{ Put: put('users', user) },
			],
		});
		return true;
	} catch (error) {
		if (/** @type {Error} */ (error).name === 'TransactionCanceledException') return false;
		throw error;
	}
}
