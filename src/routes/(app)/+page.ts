// The start page: what changed lately, what others shared, and which transforms failed.
import { createClient, type Client } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

/** Dashboards looked at; both lists are taken from them. */
const LOOKED_AT = 50;
/** Own transforms looked through for the names of those that failed. */
const NAMES_LOOKED_AT = 100;
/** Failed transforms that are named; more are counted. */
const NAMED = 3;

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
	depends('app:self');
	const client = createClient({ fetch });
	try {
		const dashboards = await client.dashboards.list.query({ limit: LOOKED_AT });
		const { me } = await parent();
		const shared = dashboards.items.filter((one) => one.owner.userId !== me.userId);
		return { dashboards: dashboards.items, shared, failed: await namesOf(client, me.failedTransforms) };
	} catch (caught) {
		leadAway(caught, url);
	}
};

/** Some of them by name, newest first; one that is gone meanwhile has none to show. */
async function namesOf(client: Client, transformIds: string[]): Promise<{ transformId: string; name: string }[]> {
	if (transformIds.length === 0) return [];
	const { items } = await client.transforms.list.query({ limit: NAMES_LOOKED_AT });
	return items.filter(({ transformId }) => transformIds.includes(transformId)).slice(0, NAMED);
}
