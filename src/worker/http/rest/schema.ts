// The contracts as JSON Schema: the one description that both the renaming of fields and the OpenAPI document walk.
// Knows zod and the contracts' names, nothing of routes.
import * as z from 'zod';
import * as contracts from '$lib/contracts';

/** The part of JSON Schema 2020-12 that zod writes for our contracts. */
export interface JsonSchema {
	$ref?: string;
	$defs?: Record<string, JsonSchema>;
	type?: string | string[];
	properties?: Record<string, JsonSchema>;
	required?: string[];
	additionalProperties?: boolean | JsonSchema;
	items?: JsonSchema;
	prefixItems?: JsonSchema[];
	anyOf?: JsonSchema[];
	oneOf?: JsonSchema[];
	allOf?: JsonSchema[];
	[keyword: string]: unknown;
}

/** `input`: what a caller sends, before defaults; `output`: what an answer holds. */
export type Direction = 'input' | 'output';

export const DEFS = '#/$defs/';

/** Schemas that the contracts export become components under their own name; texts and numbers stay where they are used. */
const NAMED_TYPES = new Set(['object', 'enum', 'union', 'lazy']);
const componentNames = z.registry<{ id: string }>();
const namedSchemas = new Map<string, z.ZodType>();
for (const module of Object.values(contracts)) {
	for (const [exportName, schema] of Object.entries(module)) {
		if (!(schema instanceof z.ZodType) || !NAMED_TYPES.has(schema.def.type)) continue;
		const id = exportName[0]!.toUpperCase() + exportName.slice(1);
		componentNames.add(schema, { id });
		namedSchemas.set(id, schema);
	}
}

/** The JSON Schema of a contract, in the contracts' own camelCase; what it shares with others is in `$defs`. */
export function jsonSchemaOf(schema: z.ZodType, direction: Direction): JsonSchema {
	const { $schema, ...described } = z.toJSONSchema(schema, {
		io: direction,
		metadata: componentNames,
		unrepresentable: 'any',
		override: ({ jsonSchema }) => removeNoise(jsonSchema, direction),
	});
	return described as JsonSchema;
}

/** True when a named schema reads the same in answers and in requests, to any depth. */
export function isSameBothWays(name: string): boolean {
	const schema = namedSchemas.get(name);
	if (!schema) return false;
	return JSON.stringify(jsonSchemaOf(schema, 'input')) === JSON.stringify(jsonSchemaOf(schema, 'output'));
}

/** The object that a described contract is, when the description itself is only a reference to it. */
export function rootOf(schema: JsonSchema): JsonSchema {
	return schema.$ref?.startsWith(DEFS) ? (schema.$defs?.[schema.$ref.slice(DEFS.length)] ?? schema) : schema;
}

/** True for what the contracts' `page()` makes: one page of a list. */
export function isPage(schema: JsonSchema): boolean {
	const { properties = {} } = rootOf(schema);
	return Object.keys(properties).toSorted().join() === 'items,pagination';
}

/**
 * A format says more than the pattern zod adds to it, the bounds of exact integers say nothing, and an answer may gain
 * fields.
 */
function removeNoise(schema: { [keyword: string]: unknown }, direction: Direction): void {
	if (direction === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
	if (schema.format !== undefined) delete schema.pattern;
	if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
	if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
	delete schema.id;
}

/** The same schema with every schema directly inside it replaced by what `change` makes of it. */
export function mapChildren(schema: JsonSchema, change: (child: JsonSchema) => JsonSchema): JsonSchema {
	const mapped: JsonSchema = { ...schema };
	for (const list of ['prefixItems', 'anyOf', 'oneOf', 'allOf'] as const) {
		if (schema[list]) mapped[list] = schema[list].map(change);
	}
	for (const table of ['properties', '$defs'] as const) {
		if (schema[table])
			mapped[table] = Object.fromEntries(Object.entries(schema[table]).map(([name, child]) => [name, change(child)]));
	}
	if (schema.items) mapped.items = change(schema.items);
	if (typeof schema.additionalProperties === 'object')
		mapped.additionalProperties = change(schema.additionalProperties);
	return mapped;
}
