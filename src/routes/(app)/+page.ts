// The start page: what changed lately, what others shared, and which transforms failed.
import { createClient, type Client } from '$lib/client';
import { codeOf, leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

/** Dashboards looked at; both lists are taken from them. */
const LOOKED_AT = 50;
/** Failed transforms that are named; more are counted. */
const NAMED = 3;

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
	depends('app:self');
	const client = createClient({ fetch });
	try {
		const dashboards = await client.dashboards.list.query({ limit: LOOKED_AT });
		const { me } = await parent();
		const shared = dashboards.items.filter((one) => one.owner.userId !== me.userId);
		return { dashboards: dashboards.items, shared, failed: await namesOf(client, me.failedTransforms.slice(0, NAMED)) };
	} catch (caught) {
		leadAway(caught, url);
	}
};

/** One that is gone meanwhile has no name to show. */
async function namesOf(client: Client, transformIds: string[]): Promise<{ transformId: string; name: string }[]> {
	const found = transformIds.map((transformId) =>
		client.transforms.get.query({ transformId }).catch((caught: unknown) => {
			if (codeOf(caught) !== 'NOT_FOUND') throw caught;
			return null;
		}),
	);
	return (await Promise.all(found)).flatMap((one) => (one ? [{ transformId: one.transformId, name: one.name }] : []));
}
