// The port over DynamoDB's HTTP interface: items in and out as plain values.
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cost } from '../../cost';
import { AppError } from '../../errors';
import { Placeholders } from './expression';
import {
	ConditionFailed,
	type Dynamo,
	type Item,
	type KeyOf,
	type Put,
	type Query,
	type Remove,
	type TableName,
	type Update,
	type Write,
} from './port';
import { tables, type Table } from './tables';
import { cancellationCodes, createTransport, DynamoProblem, type DynamoSettings, type Transport } from './transport';

const BATCH_KEYS = 100;
const UNPROCESSED_ROUNDS = 3;

type Answer = Record<string, unknown>;
type Conditional = Pick<Update, 'condition' | 'repeatable'>;

const toAttributes = (item: Item) => marshall(item, { removeUndefinedValues: true });
const toItem = (attributes: unknown): Item => unmarshall(attributes as ReturnType<typeof toAttributes>);
const toItemOrNull = (attributes: unknown): Item | null => (attributes ? toItem(attributes) : null);

/** Made once an isolate; the function it returns gives each request an adapter that counts on that request's meter. */
export function createDynamo(settings: DynamoSettings): (cost: Cost) => Dynamo {
	const transport = createTransport(settings);
	return (cost) => adapter(transport(cost), settings.prefix);
}

function adapter(send: Transport, prefix: string): Dynamo {
	const tableName = (table: TableName) => prefix + table;

	async function get({ table, key }: KeyOf): Promise<Item | null> {
		const input = { TableName: tableName(table), Key: toAttributes(key), ConsistentRead: true };
		return toItemOrNull((await send('GetItem', input, { repeatable: true }))['Item']);
	}

	async function batchGet(
		keys: readonly KeyOf[],
		project: Partial<Record<TableName, readonly string[]>> = {},
	): Promise<(Item | null)[]> {
		const unique = new Map(keys.map((of) => [identity(of.table, of.key), of]));
		const found = new Map<string, Item>();
		const wanted = [...unique.values()];
		for (let start = 0; start < wanted.length; start += BATCH_KEYS) {
			await batch(send, prefix, wanted.slice(start, start + BATCH_KEYS), project, (table, item) =>
				found.set(identity(table, item), item),
			);
		}
		return keys.map(({ table, key }) => found.get(identity(table, key)) ?? null);
	}

	async function query(request: Query): Promise<Item[]> {
		const names = new Placeholders();
		const input = {
			TableName: tableName(request.table),
			IndexName: request.index,
			KeyConditionExpression: names.render(request.where),
			FilterExpression: request.filter && names.render(request.filter),
			ProjectionExpression: request.project?.map((name) => names.name(name)).join(', '),
			ScanIndexForward: !request.newestFirst,
			ConsistentRead: request.consistent ?? false,
			// With a filter DynamoDB counts what it looked at, so a limit there would only make small pages.
			Limit: request.filter ? undefined : request.limit,
			...names.fields(toAttributes),
		};
		const items: Item[] = [];
		let from: unknown;
		do {
			const answer = await send('Query', { ...input, ExclusiveStartKey: from }, { repeatable: true });
			items.push(...(answer['Items'] as unknown[]).map(toItem));
			from = answer['LastEvaluatedKey'];
		} while (from && !(request.limit && items.length >= request.limit));
		return request.limit ? items.slice(0, request.limit) : items;
	}

	async function write(
		action: string,
		input: Answer,
		{ condition, repeatable = !condition }: Conditional,
	): Promise<Answer> {
		const extra = condition ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {};
		try {
			return await send(action, { ...input, ...extra }, { repeatable });
		} catch (error) {
			throw asConditionFailed(error);
		}
	}

	return {
		get,
		batchGet,
		query,
		async put(request) {
			await write('PutItem', putInput(request, prefix), request);
		},
		async update(request) {
			const input = { ...updateInput(request, prefix), ReturnValues: 'ALL_NEW' };
			return toItem(
				(await write('UpdateItem', input, { ...request, repeatable: request.repeatable ?? false }))['Attributes'],
			);
		},
		async remove(request) {
			const input = { ...removeInput(request, prefix), ReturnValues: 'ALL_OLD' };
			return toItemOrNull((await write('DeleteItem', input, request))['Attributes']);
		},
		async transact(writes) {
			// The token makes a repeated try harmless: DynamoDB knows that it is the same transaction.
			const input = {
				TransactItems: writes.map((one) => transactItem(one, prefix)),
				ClientRequestToken: crypto.randomUUID(),
			};
			try {
				await send('TransactWriteItems', input, { repeatable: true });
			} catch (error) {
				throw asConditionFailed(error);
			}
		},
	};
}

/** Asks for up to 100 keys, and again for those that DynamoDB did not get to. */
async function batch(
	send: Transport,
	prefix: string,
	keys: KeyOf[],
	project: Partial<Record<TableName, readonly string[]>>,
	found: (table: TableName, item: Item) => void,
): Promise<void> {
	const requests: Record<string, Answer> = {};
	for (const { table, key } of keys) {
		const request = (requests[prefix + table] ??= {
			Keys: [],
			ConsistentRead: true,
			...projection(table, project[table]),
		});
		(request['Keys'] as unknown[]).push(toAttributes(key));
	}
	let pending: Record<string, unknown> = requests;
	for (let round = 1; Object.keys(pending).length > 0; round += 1) {
		if (round > UNPROCESSED_ROUNDS)
			throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'DynamoDB left keys of a batch unprocessed' });
		const answer = await send('BatchGetItem', { RequestItems: pending }, { repeatable: true });
		for (const [name, items] of Object.entries(answer['Responses'] as Record<string, unknown[]>)) {
			for (const item of items) found(name.slice(prefix.length) as TableName, toItem(item));
		}
		pending = (answer['UnprocessedKeys'] as Record<string, unknown> | undefined) ?? {};
	}
}

/** Keys are always returned: they tell which item is which. */
function projection(table: TableName, attributes: readonly string[] | undefined): Answer {
	if (!attributes) return {};
	const names = new Placeholders();
	const wanted = new Set([...keyNames(table), ...attributes]);
	const ProjectionExpression = [...wanted].map((name) => names.name(name)).join(', ');
	return { ProjectionExpression, ...names.fields(toAttributes) };
}

function putInput({ table, item, condition }: Put, prefix: string): Answer {
	const names = new Placeholders();
	return {
		TableName: prefix + table,
		Item: toAttributes(item),
		...(condition && { ConditionExpression: names.render(condition) }),
		...names.fields(toAttributes),
	};
}

function updateInput({ table, key, update, condition }: Update, prefix: string): Answer {
	const names = new Placeholders();
	return {
		TableName: prefix + table,
		Key: toAttributes(key),
		UpdateExpression: names.render(update),
		...(condition && { ConditionExpression: names.render(condition) }),
		...names.fields(toAttributes),
	};
}

function removeInput({ table, key, condition }: Remove, prefix: string): Answer {
	const names = new Placeholders();
	return {
		TableName: prefix + table,
		Key: toAttributes(key),
		...(condition && { ConditionExpression: names.render(condition) }),
		...names.fields(toAttributes),
	};
}

function transactItem(write: Write, prefix: string): Answer {
	if ('put' in write) return { Put: putInput(write.put, prefix) };
	if ('update' in write) return { Update: updateInput(write.update, prefix) };
	if ('remove' in write) return { Delete: removeInput(write.remove, prefix) };
	return { ConditionCheck: removeInput(write.check, prefix) };
}

function asConditionFailed(error: unknown): unknown {
	if (!(error instanceof DynamoProblem)) return error;
	if (error.type === 'ConditionalCheckFailedException')
		return new ConditionFailed([0], toItemOrNull(error.body['Item']));
	if (error.type !== 'TransactionCanceledException') return error;
	const failed = cancellationCodes(error.body).flatMap((code, position) =>
		code === 'ConditionalCheckFailed' ? [position] : [],
	);
	return failed.length > 0 ? new ConditionFailed(failed) : error;
}

function keyNames(table: TableName): string[] {
	const { hash, range }: Table = tables[table];
	return range ? [hash, range] : [hash];
}

/** Tells items apart across tables, by an item or just its key. */
function identity(table: TableName, item: Item): string {
	return JSON.stringify([table, ...keyNames(table).map((name) => item[name])]);
}
