// The OpenAPI 3.1 description of every route of the table. Pure: routes in, document out.
import * as z from 'zod';
import { errorBody, type ErrorCode } from '$lib/contracts/errors';
import { SESSION_COOKIE } from '$lib/domain/session-cookie';
import { meanings } from '../errors';
import { inWireNames, snakeCase } from './rest/names';
import type { Route } from './rest/routes';
import {
	DEFS,
	isPage,
	isSameBothWays,
	jsonSchemaOf,
	mapChildren,
	type Direction,
	type JsonSchema,
} from './rest/schema';

const COMPONENTS = '#/components/schemas/';
const REFERENCE = new RegExp(`"${COMPONENTS}(\\w+)"`, 'g');

/** The document that `GET /api/openapi.json` answers. */
export function describeRoutes(routes: Route[]): Record<string, unknown> {
	const components = new Components();
	const paths: Record<string, Record<string, unknown>> = {};
	for (const route of routes) {
		const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => `{${snakeCase(name)}}`);
		paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, components) };
	}
	components.schemas.Error = components.use(z.object({ error: errorBody.omit({ requestId: true }) }), 'output');
	return {
		openapi: '3.1.1',
		info: { title: 'Cardinal', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
		servers: [{ url: '/' }],
		security: [{ bearer: [] }, { session: [] }],
		paths,
		components: {
			schemas: components.referredToBy(paths),
			securitySchemes: {
				bearer: { type: 'http', scheme: 'bearer', description: 'The access token of a log-in, or an API key.' },
				session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'Set by a log-in.' },
			},
		},
	};
}

/** The schemas of the document: every contract that has a name, once, in the names of the wire. */
class Components {
	readonly schemas: Record<string, JsonSchema> = {};

	/** The schema as it stands in the document, referring to components. */
	use(schema: z.ZodType, direction: Direction): JsonSchema {
		const { $defs = {}, ...described } = jsonSchemaOf(schema, direction);
		for (const [name, definition] of Object.entries($defs)) {
			this.schemas[componentName(name, direction)] = this.#adapt(definition, direction);
		}
		return this.#adapt(described, direction);
	}

	/** What a schema of the document refers to, or itself. */
	resolve(schema: JsonSchema): JsonSchema {
		return schema.$ref?.startsWith(COMPONENTS) ? this.schemas[schema.$ref.slice(COMPONENTS.length)]! : schema;
	}

	/** Those that `value` refers to, directly or through each other: a page, for one, is unfolded where it is used. */
	referredToBy(value: unknown): Record<string, JsonSchema> {
		const found = new Set<string>();
		const visit = (text: string) => {
			for (const [, name] of text.matchAll(REFERENCE)) {
				if (found.has(name!)) continue;
				found.add(name!);
				visit(JSON.stringify(this.schemas[name!]));
			}
		};
		visit(JSON.stringify(value));
		return Object.fromEntries(Object.entries(this.schemas).filter(([name]) => found.has(name)));
	}

	#adapt(schema: JsonSchema, direction: Direction): JsonSchema {
		return inWireNames(withComponentRefs(schema, direction));
	}
}

function withComponentRefs(schema: JsonSchema, direction: Direction): JsonSchema {
	const mapped = mapChildren(schema, (child) => withComponentRefs(child, direction));
	if (!schema.$ref?.startsWith(DEFS)) return mapped;
	return { ...mapped, $ref: COMPONENTS + componentName(schema.$ref.slice(DEFS.length), direction) };
}

/** What defaults make optional in a request is always there in an answer: such a schema has two components. */
function componentName(name: string, direction: Direction): string {
	const needsSuffix = direction === 'input' && !name.endsWith('Input') && !isSameBothWays(name);
	return needsSuffix ? `${name}Input` : name;
}

function describeRoute(route: Route, components: Components): Record<string, unknown> {
	const { parameters, requestBody } = describeInput(route, components);
	return {
		operationId: route.name,
		tags: [inWords(route.name.split('.')[0]!)],
		summary: route.summary,
		...(route.access === 'public' ? { security: [] } : {}),
		...(parameters.length > 0 && { parameters }),
		...(requestBody ? { requestBody } : {}),
		responses: { ...describeSuccess(route, components), ...describeFailures(route) },
	};
}

/** `rowPolicies` as people read it: Row policies. */
function inWords(name: string): string {
	const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
	return words[0]!.toUpperCase() + words.slice(1);
}

interface Described {
	parameters: unknown[];
	requestBody?: unknown;
}

/** Fields named in the path are parameters there; of a procedure, the others stand in the query of a GET, else in the body. */
function describeInput(route: Route, components: Components): Described {
	const whole = route.input ? components.use(route.input, 'input') : {};
	const { properties = {}, required = [] } = components.resolve(whole);
	const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => snakeCase(match[1]!));
	const others = Object.keys(properties).filter((name) => !inPath.includes(name));
	const parameters: unknown[] = inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] }));
	if (others.includes('revision')) parameters.push(IF_MATCH);
	const inQuery = () =>
		others.map((name) => ({ name, in: 'query', required: required.includes(name), schema: properties[name] }));

	if (route.served.by !== 'procedure') {
		const { body } = route.served;
		const content = body && { [body.type]: { schema: components.use(body.schema, 'input') } };
		return { parameters: [...parameters, ...inQuery()], ...(content && { requestBody: { required: true, content } }) };
	}
	if (route.method === 'GET') return { parameters: [...parameters, ...inQuery()] };
	if (others.length === 0) return { parameters };
	const requiredInBody = required.filter((name) => !inPath.includes(name));
	const withoutPath = {
		type: 'object',
		properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
		...(requiredInBody.length > 0 && { required: requiredInBody }),
	};
	const schema = inPath.length === 0 ? whole : withoutPath;
	return {
		parameters,
		requestBody: { required: requiredInBody.length > 0, content: { 'application/json': { schema } } },
	};
}

const IF_MATCH = {
	name: 'If-Match',
	in: 'header',
	required: false,
	description: 'The ETag of the answer that is being changed: the same as `revision` in the body.',
	schema: { type: 'string' },
};

const REQUEST_ID = { description: 'Unique; the log carries it too.', schema: { type: 'string' } };
const ETAG = { description: 'The revision, in quotes.', schema: { type: 'string' } };

/** By status. What is made by work that may outlast the answer has two. */
function describeSuccess({ status, output, served }: Route, components: Components): Record<string, unknown> {
	const headers = { 'X-Request-Id': REQUEST_ID };
	if (served.by === 'handler' && served.answers) {
		const content = { [served.answers]: { schema: { type: 'string' } } };
		return { [status]: { description: 'Done.', headers, content } };
	}
	if (status === 204 || !output) return { [status]: { description: 'Done.', headers } };
	const described = components.use(output, 'output');
	const root = components.resolve(described);
	const { items, pagination, revision, status: state } = root.properties ?? {};
	const schema: JsonSchema = isPage(root)
		? { type: 'object', properties: { data: items!, pagination: pagination! }, required: ['data', 'pagination'] }
		: { type: 'object', properties: { data: described }, required: ['data'] };
	const success = {
		headers: revision ? { ...headers, ETag: ETAG } : headers,
		content: { 'application/json': { schema } },
	};
	const isMadeLater = status === 201 && state && JSON.stringify(components.resolve(state).enum).includes('importing');
	return {
		[status]: { description: 'Done.', ...success },
		...(isMadeLater ? { 202: { description: 'Work goes on.', ...success } } : {}),
	};
}

/** By status, the codes that may come; anything else that can happen to any request is under `default`. */
function describeFailures(route: Route): Record<string, unknown> {
	const codes = new Set<ErrorCode>(route.errors);
	if (route.access !== 'public') codes.add('UNAUTHENTICATED');
	if (route.path.includes('{')) codes.add('NOT_FOUND');
	if (route.access === 'admin' || route.method !== 'GET') codes.add('FORBIDDEN');
	if (route.input) codes.add('VALIDATION_ERROR');
	const byStatus = Map.groupBy(codes, (code) => meanings[code].status);
	const described = [...byStatus].map(([status, some]) => [
		status,
		describeFailure(some.map((code) => `\`${code}\``).join(', ')),
	]);
	return { ...Object.fromEntries(described), default: describeFailure('Any other failure.') };
}

function describeFailure(description: string): Record<string, unknown> {
	return { description, content: { 'application/json': { schema: { $ref: `${COMPONENTS}Error` } } } };
}
