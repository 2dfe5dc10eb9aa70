// A dashboard to be arranged: as it is seen, the cards one may put on it, and the columns its filters may use.
import { createClient, type Client } from '$lib/client';
import type { Column } from '$lib/contracts/dataset';
import { codeOf, leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => {
	const client = createClient({ fetch });
	try {
		const [view, cards] = await Promise.all([
			client.dashboards.view.query({ dashboardId: params.id, filters: {} }),
			client.cards.list.query({ limit: 100 }),
		]);
		return {
			view,
			ownCards: cards.items,
			columns: await columnsOf(
				client,
				view.cards.map(({ cardId }) => cardId),
			),
		};
	} catch (caught) {
		leadAway(caught, url);
	}
};

/** Columns of the data behind the cards that the editor owns, by name; those of others' cards stay unknown. */
async function columnsOf(client: Client, cardIds: string[]): Promise<Column[]> {
	const cards = await Promise.all(cardIds.map((cardId) => client.cards.get.query({ cardId }).catch(unlessForeign)));
	const datasetIds = new Set(cards.flatMap((card) => card?.datasetIds ?? []));
	const datasets = await Promise.all(
		[...datasetIds].map((datasetId) => client.datasets.get.query({ datasetId }).catch(unlessForeign)),
	);
	const columns = new Map(datasets.flatMap((dataset) => dataset?.schema ?? []).map((column) => [column.name, column]));
	return [...columns.values()];
}

function unlessForeign(caught: unknown): null {
	if (codeOf(caught) === 'NOT_FOUND') return null;
	throw caught;
}
