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
for (const module of Object.values(contracts)) {
	for (const [name, schema] of Object.entries(module)) {
		if (schema instanceof z.ZodType && NAMED_TYPES.has(schema.def.type)) {
			componentNames.add(schema, { id: name[0]!.toUpperCase() + name.slice(1) });
		}
	}
}

/** The JSON Schema of a contract, in the contracts' own camelCase; what it shares with others is in `$defs`. */
export function jsonSchemaOf(schema: z.ZodType, direction: Direction): JsonSchema {
	const { $schema, ...described } = z.toJSONSchema(schema, {
		io: direction,
		metadata: componentNames,
		unrepresentable: 'any',
		override: ({ jsonSchema }) => removeNoise(jsonSchema),
	});
	return described as JsonSchema;
}

/** A format says more than the pattern zod adds to it, and the bounds of exact integers say nothing. */
function removeNoise(schema: { [keyword: string]: unknown }): void {
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
		if (schema[table]) mapped[table] = Object.fromEntries(Object.entries(schema[table]).map(([name, child]) => [name, change(child)]));
	}
	if (schema.items) mapped.items = change(schema.items);
	if (typeof schema.additionalProperties === 'object') mapped.additionalProperties = change(schema.additionalProperties);
	return mapped;
}
