// Global set-up of the integration suite: DynamoDB, bucket and executor without the Worker. Tests read their addresses by
// `inject('services')`. CARDINAL_TEST_DYNAMO names another DynamoDB engine: `dynamodb-local`.
import type { TestProject } from 'vitest/node';
import type { DynamoEngine } from '../../scripts/lib/services/dynamo.js';
import { addressesOf, startTestStack, type Addresses } from './stack';

declare module 'vitest' {
	export interface ProvidedContext {
		services: Addresses;
	}
}

export default async function setUp(project: TestProject) {
	const engine = process.env.CARDINAL_TEST_DYNAMO as DynamoEngine | undefined;
	const stack = await startTestStack({ parts: ['dynamo', 'storage', 'executor'], engine });
	project.provide('services', addressesOf(stack));
	return stack.stop;
}
