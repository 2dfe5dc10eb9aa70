// What an action may be on: in which table each kind of thing is, what its identifiers look like, and who owns it.
import type { IdPrefix } from '../ids';
import * as keys from '../entities/api-key/repository';
import * as cards from '../entities/card/repository';
import * as dashboards from '../entities/dashboard/repository';
import * as datasets from '../entities/dataset/repository';
import * as groups from '../entities/group/repository';
import * as jobs from '../entities/job/repository';
import * as sessions from '../entities/session/repository';
import * as transforms from '../entities/transform/repository';
import * as uploads from '../entities/upload/repository';
import * as users from '../entities/user/repository';
import type { Item, KeyOf, TableName } from '../infra/dynamo/port';
import type { Owned, ThingKind } from './policy';

interface Thing<T> {
	table: TableName;
	/** The attribute that is the table's key. */
	key: string;
	prefix: IdPrefix;
	parse: (raw: Item) => T;
	owned: (item: T) => Owned;
}

function thing<T>(definition: Thing<T>): Thing<T> {
	return definition;
}

const byOwnerId = (item: Owned): Owned => item;

export const things = {
	user: thing({
		table: 'users',
		key: 'userId',
		prefix: 'user',
		parse: users.parse,
		owned: (user) => ({ ownerId: user.userId }),
	}),
	session: thing({
		table: 'sessions',
		key: 'sessionId',
		prefix: 'sess',
		parse: sessions.parse,
		owned: ({ userId }) => ({ ownerId: userId }),
	}),
	key: thing({
		table: 'api_keys',
		key: 'keyId',
		prefix: 'key',
		parse: keys.parse,
		owned: ({ userId }) => ({ ownerId: userId }),
	}),
	group: thing({
		table: 'groups',
		key: 'groupId',
		prefix: 'group',
		parse: groups.parse,
		// Whoever is in it may see it, as if it were shared to itself.
		owned: ({ groupId }) => ({
			ownerId: null,
			grants: { [`group:${groupId}`]: { permission: 'viewer', expiresAt: null } },
		}),
	}),
	upload: thing({ table: 'uploads', key: 'uploadId', prefix: 'up', parse: uploads.parse, owned: byOwnerId }),
	dataset: thing({ table: 'datasets', key: 'datasetId', prefix: 'ds', parse: datasets.parse, owned: byOwnerId }),
	job: thing({ table: 'jobs', key: 'jobId', prefix: 'job', parse: jobs.parse, owned: byOwnerId }),
	card: thing({ table: 'cards', key: 'cardId', prefix: 'card', parse: cards.parse, owned: byOwnerId }),
	transform: thing({
		table: 'transforms',
		key: 'transformId',
		prefix: 'tf',
		parse: transforms.parse,
		owned: byOwnerId,
	}),
	dashboard: thing({
		table: 'dashboards',
		key: 'dashboardId',
		prefix: 'dash',
		parse: dashboards.parse,
		owned: byOwnerId,
	}),
} as const satisfies Record<ThingKind, unknown>;

/** The item of a kind of thing, as its repository parses it. */
export type ThingItem<K extends ThingKind> = ReturnType<(typeof things)[K]['parse']>;

/** Where a thing is stored. */
export function keyOf(kind: ThingKind, id: string): KeyOf {
	const { table, key } = things[kind];
	return { table, key: { [key]: id } };
}

/** The checked item and who owns it. */
export function read<K extends ThingKind>(kind: K, raw: Item): { item: ThingItem<K>; owned: Owned } {
	const definition = things[kind] as unknown as Thing<ThingItem<K>>;
	const item = definition.parse(raw);
	return { item, owned: definition.owned(item) };
}
