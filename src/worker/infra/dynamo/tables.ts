// Every table, its key, its indexes and its TTL, once: repositories import it, `npm run provision` creates it and prints it.
// Node strips the types of this file and runs it as it is, so it imports nothing and uses erasable syntax only.

export interface Key {
	hash: string;
	range?: string;
	/** Attributes that are numbers; every other key attribute is a string. */
	numbers?: readonly string[];
}

export interface Index extends Key {
	/** What the index repeats: everything, its keys, or these attributes beside its keys. */
	projects: 'ALL' | 'KEYS_ONLY' | readonly string[];
}

export interface Table extends Key {
	indexes: Record<string, Index>;
	/** The attribute that holds the second (UNIX time, integer) after which the item may vanish. */
	ttl?: string;
}

const byOwner = (projects: Index['projects']): Index => ({
	hash: 'ownerId',
	range: 'createdAt',
	numbers: ['createdAt'],
	projects,
});
const byDashboard: Index = { hash: 'dashboardId', range: 'createdAt', numbers: ['createdAt'], projects: 'ALL' };
const byTarget: Index = { hash: 'sharedToId', projects: 'ALL' };
/** One constant partition, for lists of things that belong to nobody. */
const byKind = (projects: Index['projects']): Index => ({
	hash: 'kind',
	range: 'createdAt',
	numbers: ['createdAt'],
	projects,
});

export const tables = {
	users: {
		hash: 'userId',
		indexes: {
			UsersByEmail: { hash: 'email', projects: 'KEYS_ONLY' },
			UsersByKind: byKind(['email', 'name', 'role', 'updatedAt']),
		},
	},
	groups: {
		hash: 'groupId',
		indexes: { GroupsByName: { hash: 'name', projects: 'KEYS_ONLY' }, GroupsByKind: byKind('ALL') },
	},
	group_members: {
		hash: 'groupId',
		range: 'userId',
		indexes: { MembersByUser: { hash: 'userId', projects: 'ALL' } },
	},
	datasets: {
		hash: 'datasetId',
		ttl: 'ttl',
		indexes: {
			// All that a list shows, and not the schema, which may be 250 KB.
			DatasetsByOwner: byOwner([
				'name',
				'description',
				'sourceType',
				'status',
				'rowCount',
				'columnCount',
				'lastImportAt',
				'ttl',
			]),
		},
	},
	dataset_versions: { hash: 'datasetId', range: 'versionId', indexes: {} },
	cards: {
		hash: 'cardId',
		indexes: {
			// All that a list shows, and not the code, which may be 256 KB a card.
			CardsByOwner: byOwner(['name', 'cardType', 'datasets', 'usedColumns', 'filterApplicable', 'updatedAt']),
		},
	},
	usages: { hash: 'usedId', range: 'byId', indexes: {} },
	dashboards: { hash: 'dashboardId', indexes: { DashboardsByOwner: byOwner('ALL') } },
	dashboard_shares: {
		hash: 'shareId',
		indexes: { SharesByDashboard: byDashboard, SharesByTarget: byTarget },
	},
	dataset_shares: {
		hash: 'shareId',
		indexes: { SharesByDataset: { ...byDashboard, hash: 'datasetId' }, SharesByTarget: byTarget },
	},
	filter_views: { hash: 'filterViewId', indexes: { FilterViewsByDashboard: byDashboard } },
	transforms: {
		hash: 'transformId',
		indexes: {
			// All that a list shows, and not the code.
			TransformsByOwner: byOwner([
				'name',
				'inputs',
				'outputDatasetId',
				'schedule',
				'timeZone',
				'runOnInput',
				'pausedAt',
				'pausedReason',
				'running',
				'lastRun',
				'updatedAt',
			]),
			TransformsDue: { hash: 'dueShard', range: 'nextRunAt', numbers: ['nextRunAt'], projects: 'KEYS_ONLY' },
		},
	},
	transform_executions: { hash: 'transformId', range: 'startedAt', numbers: ['startedAt'], indexes: {} },
	sessions: { hash: 'sessionId', ttl: 'ttl', indexes: { SessionsByUser: { hash: 'userId', projects: 'KEYS_ONLY' } } },
	api_keys: { hash: 'keyId', indexes: { KeysByUser: { hash: 'userId', projects: 'ALL' } } },
	audit_log: {
		hash: 'day',
		range: 'at#id',
		ttl: 'ttl',
		indexes: {
			AuditByResource: { hash: 'resource', range: 'at#id', projects: 'ALL' },
			AuditByActor: { hash: 'actorId', range: 'at#id', projects: 'ALL' },
		},
	},
	/** Counts, a dashboard's by day and person. */
	dashboard_views: {
		hash: 'dashboardId',
		range: 'day#user',
		ttl: 'ttl',
		indexes: { ViewsByDay: { hash: 'day', range: 'dashboardId', projects: 'ALL' } },
	},
	uploads: { hash: 'uploadId', ttl: 'ttl', indexes: {} },
	jobs: {
		hash: 'jobId',
		ttl: 'ttl',
		indexes: {
			// What a list shows, and not what the work has said.
			JobsByOwner: byOwner(['kind', 'datasetId', 'status', 'step', 'progress', 'error', 'updatedAt']),
			// Sparse: only a job that is not over has a `shard`.
			JobsDue: { hash: 'shard', range: 'leaseUntil', numbers: ['leaseUntil'], projects: 'KEYS_ONLY' },
		},
	},
	unique: { hash: 'key', ttl: 'ttl', indexes: {} },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof tables;

/** The body of `CreateTable` for one table. */
export function createTableInput(name: TableName, prefix: string) {
	const table: Table = tables[name];
	const indexes = Object.entries(table.indexes);
	return {
		TableName: prefix + name,
		BillingMode: 'PAY_PER_REQUEST',
		AttributeDefinitions: attributeDefinitions([table, ...Object.values(table.indexes)]),
		KeySchema: keySchema(table),
		...(indexes.length > 0 && {
			GlobalSecondaryIndexes: indexes.map(([indexName, index]) => ({
				IndexName: indexName,
				KeySchema: keySchema(index),
				Projection: projection(index.projects),
			})),
		}),
	};
}

/** The same tables as a CloudFormation template. */
export function cloudFormation(prefix: string) {
	const resources = (Object.keys(tables) as TableName[]).map((name) => {
		const { ttl }: Table = tables[name];
		const properties = {
			...createTableInput(name, prefix),
			...(ttl && { TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } }),
			PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
		};
		const logicalId = name.replace(/(^|_)([a-z])/g, (_match, _gap, letter: string) => letter.toUpperCase());
		return [`${logicalId}Table`, { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', Properties: properties }];
	});
	return { AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(resources) };
}

function attributeDefinitions(keys: Key[]) {
	const types = new Map<string, 'S' | 'N'>();
	for (const key of keys) {
		for (const attribute of [key.hash, key.range]) {
			if (attribute) types.set(attribute, key.numbers?.includes(attribute) ? 'N' : 'S');
		}
	}
	return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

function keySchema({ hash, range }: Key) {
	return [{ AttributeName: hash, KeyType: 'HASH' }, ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : [])];
}

function projection(projects: Index['projects']) {
	return typeof projects === 'string'
		? { ProjectionType: projects }
		: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projects] };
}
