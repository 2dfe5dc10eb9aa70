// Global set-up of the contract and end-to-end suites: the whole product. Tests read its address by `inject('product')`.
// `npm test` starts one for all suites and hands its addresses over; a suite run by itself starts its own.
import type { TestProject } from 'vitest/node';
import { addressesOf, startTestStack, type Addresses } from './stack';

declare module 'vitest' {
	export interface ProvidedContext {
		product: Addresses;
	}
}

export default async function setUp(project: TestProject) {
	const shared = process.env.CARDINAL_TEST_PRODUCT;
	if (shared) {
		project.provide('product', JSON.parse(shared) as Addresses);
		return;
	}
	const stack = await startTestStack();
	project.provide('product', addressesOf(stack));
	return stack.stop;
}
