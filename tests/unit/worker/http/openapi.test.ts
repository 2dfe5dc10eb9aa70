// The OpenAPI document: it has every route and no other, and everything in it is well-formed.
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { describeRoutes } from '../../../../src/worker/http/openapi';
import { routes } from '../../../../src/worker/http/rest';
import { snakeCase } from '../../../../src/worker/http/rest/names';
import { appRouter } from '../../../../src/worker/router';
import type { Meta } from '../../../../src/worker/trpc';

interface Operation {
	operationId: string;
	summary: string;
	security?: unknown[];
	parameters?: { name: string; in: string; required: boolean; schema: object }[];
	requestBody?: { content: Record<string, { schema: object }> };
	responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
	openapi: string;
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, object> };
}

const openApi = describeRoutes(routes) as unknown as Document;
const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({
		path,
		method,
		operation,
		name: `${method.toUpperCase()} ${path}`,
	})),
);

/** Every schema of the document, with the place where it stands. */
function* schemasIn(value: unknown, place = '#'): Generator<[string, object]> {
	if (typeof value !== 'object' || value === null) return;
	for (const [key, child] of Object.entries(value)) {
		if (key === 'schema') yield [`${place}/${key}`, child as object];
		else yield* schemasIn(child, `${place}/${key}`);
	}
}

function* refsIn(value: unknown): Generator<string> {
	if (typeof value !== 'object' || value === null) return;
	for (const [key, child] of Object.entries(value)) {
		if (key === '$ref') yield child as string;
		else yield* refsIn(child);
	}
}

describe('the OpenAPI document', () => {
	test('has every procedure that declares a path, and every operation is a route', () => {
		const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { meta?: Meta } }>;
		const declared = Object.keys(procedures).filter((name) => procedures[name]!._def.meta?.rest);
		const described = operations.map(({ operation }) => operation.operationId);
		expect(described).toEqual(expect.arrayContaining(declared));
		expect(described.toSorted()).toEqual(routes.map(({ name }) => name).toSorted());
		expect(new Set(described).size).toBe(described.length);
	});

	test('is a document of OpenAPI 3.1 by the specification’s own schema', async () => {
		const validator = new Validator();
		const { valid, errors } = await validator.validate({ ...structuredClone(openApi) });
		expect(errors ?? []).toEqual([]);
		expect([valid, validator.version]).toEqual([true, '3.1']);
	});

	test('no two routes share a method and an address', () => {
		const addresses = routes.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
		expect(new Set(addresses).size).toBe(addresses.length);
	});

	test.each(operations)('$name says what it does, what it answers and how it fails', ({ operation, name }) => {
		const route = routes.find((one) => one.name === operation.operationId)!;
		expect(operation.summary.length).toBeGreaterThan(5);
		expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining([String(route.status), 'default']));
		if (route.access === 'public') expect(operation.security).toEqual([]);
		else expect(operation.responses, name).toHaveProperty('401');
	});

	test.each(operations)('$name declares each parameter of its address, with a schema', ({ path, operation }) => {
		const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
		const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
		expect(declared.map(({ name }) => name)).toEqual(inPath);
		for (const { name, required, schema } of operation.parameters ?? []) {
			expect(schema, name).toBeTypeOf('object');
			expect(required).toBeTypeOf('boolean');
		}
	});

	test('names every field in snake_case', () => {
		const required = [...JSON.stringify(openApi).matchAll(/"required":\[([^\]]+)\]/g)].flatMap(
			(match) => JSON.parse(`[${match[1]}]`) as string[],
		);
		expect(required).toEqual(required.map(snakeCase));
	});

	test('every reference leads to a component, and every component is referred to', () => {
		const refs = new Set(refsIn(openApi));
		const components = Object.keys(openApi.components.schemas).map((name) => `#/components/schemas/${name}`);
		expect([...refs].toSorted()).toEqual(components.toSorted());
	});

	test('every schema compiles as JSON Schema 2020-12', { timeout: 30_000 }, () => {
		const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true, date: true, email: true, binary: true } });
		ajv.addSchema({ $id: 'openapi', ...openApi });
		const withBase = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
		for (const [place, schema] of schemasIn(openApi.paths))
			expect(() => ajv.compile(withBase(schema)), place).not.toThrow();
		for (const schema of Object.values(openApi.components.schemas))
			expect(() => ajv.compile(withBase(schema))).not.toThrow();
	});
});
