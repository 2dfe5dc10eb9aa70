// Names on the wire: camelCase in the contracts, snake_case in REST. Only fields that a schema declares are renamed; the
// keys of records (column names, params, filter ids) are data and stay as they are. Knows no routes and no HTTP.
import { DEFS, mapChildren, type JsonSchema } from './schema';

/** `lastImportAt` → `last_import_at`. */
export function snakeCase(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The schema as REST shows it: fields in snake_case. */
export function inWireNames(schema: JsonSchema): JsonSchema {
	const renamed = mapChildren(schema, inWireNames);
	if (renamed.properties) {
		renamed.properties = Object.fromEntries(
			Object.entries(renamed.properties).map(([name, child]) => [snakeCase(name), child]),
		);
	}
	if (renamed.required) renamed.required = renamed.required.map(snakeCase);
	return renamed;
}

interface Field {
	/** The name in the contract. */
	name: string;
	shape: Shape;
}

/** A missing `values` or `items` holds no declared field at any depth, so that its values pass untouched. */
interface Below {
	/** Declared fields, by their name on the wire. */
	fields: Map<string, Field>;
	/** What every value of a record is. */
	values: Shape | undefined;
	/** What every element of a list is. */
	items: Shape | undefined;
}

/**
 * What renaming has to know of a schema: its fields by either name, and the shapes below it. Alternatives of a union are
 * seen together, which is exact as long as no two of them give one name two meanings. Built as deep as values go.
 */
export class Shape {
	readonly #alternatives: JsonSchema[];
	readonly #defs: Record<string, JsonSchema>;
	#below: Below | undefined;
	/** True when a field that is not declared is refused, not ignored. */
	readonly closed: boolean;

	constructor(alternatives: JsonSchema[], defs: Record<string, JsonSchema>) {
		this.#alternatives = alternatives.flatMap((schema) => flatten(schema, defs));
		this.#defs = defs;
		const objects = this.#alternatives.filter((schema) => schema.type === 'object');
		this.closed = objects.length > 0 && objects.every((schema) => schema.additionalProperties === false);
	}

	/** What lies directly below a value of this shape. */
	get below(): Below {
		return (this.#below ??= {
			fields: this.#collectFields(),
			values: this.#shapeBelow(({ additionalProperties }) =>
				typeof additionalProperties === 'object' ? additionalProperties : undefined,
			),
			items: this.#shapeBelow(({ items }) => items),
		});
	}

	#shapeBelow(pick: (schema: JsonSchema) => JsonSchema | undefined): Shape | undefined {
		const found = this.#alternatives.map(pick).filter((schema) => schema !== undefined);
		return found.some((schema) => hasFields(schema, this.#defs)) ? new Shape(found, this.#defs) : undefined;
	}

	#collectFields(): Map<string, Field> {
		const schemasByName = new Map<string, JsonSchema[]>();
		for (const { properties = {} } of this.#alternatives) {
			for (const [name, schema] of Object.entries(properties)) {
				schemasByName.set(name, [...(schemasByName.get(name) ?? []), schema]);
			}
		}
		return new Map(
			[...schemasByName].map(([name, schemas]) => [snakeCase(name), { name, shape: new Shape(schemas, this.#defs) }]),
		);
	}
}

/** The shape of a described contract. */
export function shapeOf(schema: JsonSchema): Shape {
	return new Shape([schema], schema.$defs ?? {});
}

function resolve({ $ref }: JsonSchema, defs: Record<string, JsonSchema>): JsonSchema | undefined {
	return $ref?.startsWith(DEFS) ? defs[$ref.slice(DEFS.length)] : undefined;
}

/** The plain schemas that a value may be an instance of. */
function flatten(schema: JsonSchema, defs: Record<string, JsonSchema>): JsonSchema[] {
	const target = resolve(schema, defs);
	const nested = [
		...(schema.anyOf ?? []),
		...(schema.oneOf ?? []),
		...(schema.allOf ?? []),
		...(target ? [target] : []),
	];
	return [schema, ...nested.flatMap((child) => flatten(child, defs))];
}

/** True when a value of this schema can hold a declared field at any depth; if not, it passes untouched. */
function hasFields(schema: JsonSchema, defs: Record<string, JsonSchema>, seen = new Set<string>()): boolean {
	if (schema.properties && Object.keys(schema.properties).length > 0) return true;
	const target = resolve(schema, defs);
	if (target && !seen.has(schema.$ref!)) {
		seen.add(schema.$ref!);
		if (hasFields(target, defs, seen)) return true;
	}
	let found = false;
	mapChildren({ ...schema, $defs: undefined }, (child) => {
		found ||= hasFields(child, defs, seen);
		return child;
	});
	return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value of a contract, with the names of the wire. Fields that are undefined or not declared are left out. */
export function toWire(shape: Shape | undefined, value: unknown): unknown {
	if (!shape) return value;
	const { fields, values, items } = shape.below;
	if (Array.isArray(value)) return items ? value.map((item) => toWire(items, item)) : value;
	if (!isObject(value)) return value;
	const isRecord = fields.size === 0 || values !== undefined;
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, item]) => {
			if (item === undefined) return [];
			const wireName = snakeCase(name);
			const field = fields.get(wireName);
			if (field?.name === name) return [[wireName, toWire(field.shape, item)]];
			return isRecord ? [[name, toWire(values, item)]] : [];
		}),
	);
}

/**
 * What a caller sent, with the names of the contract; nothing is checked but names. A field that is not declared is
 * dropped, or, where the contract refuses such fields, reported.
 * @param problems receives the reason by dotted wire path
 */
export function fromWire(
	shape: Shape | undefined,
	value: unknown,
	problems: Record<string, string>,
	path: string[] = [],
): unknown {
	if (!shape) return value;
	const { fields, values, items } = shape.below;
	if (Array.isArray(value)) {
		return items ? value.map((item, index) => fromWire(items, item, problems, [...path, String(index)])) : value;
	}
	if (!isObject(value)) return value;
	const isRecord = fields.size === 0 || values !== undefined;
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, item]) => {
			const pathOfItem = [...path, key];
			const field = fields.get(key);
			if (field) return [[field.name, fromWire(field.shape, item, problems, pathOfItem)]];
			if (isRecord) return [[key, fromWire(values, item, problems, pathOfItem)]];
			if (shape.closed) problems[pathOfItem.join('.')] = 'is not a field of this value';
			return [];
		}),
	);
}

/** A dotted path of the contract, such as `layout.cards.0.cardId`, as the caller wrote it. */
export function wirePath(shape: Shape, path: string): string {
	let current: Shape | undefined = shape;
	const steps = path.split('.').map((step) => {
		const field: Field | undefined = current?.below.fields.get(snakeCase(step));
		if (field?.name === step) {
			current = field.shape;
			return snakeCase(step);
		}
		current = current?.below.items ?? current?.below.values;
		return step;
	});
	return steps.join('.');
}
