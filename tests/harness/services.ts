// Global set-up of the integration suite: DynamoDB, bucket and executor without the Worker. Tests read their addresses by
// `inject('services')`.
import type { TestProject } from 'vitest/node';
import { addressesOf, startTestStack, type Addresses } from './stack';

declare module 'vitest' {
	export interface ProvidedContext {
		services: Addresses;
	}
}

export default async function setUp(project: TestProject) {
	const stack = await startTestStack({ parts: ['dynamo', 'storage', 'executor'] });
	project.provide('services', addressesOf(stack));
	return stack.stop;
}
