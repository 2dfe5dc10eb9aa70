// What the palette finds: dashboards, cards, datasets and transforms by name, as far as the actor may see them.
import type { Client } from '$lib/client';

export interface Found {
	kind: 'dashboard' | 'card' | 'dataset' | 'transform';
	id: string;
	name: string;
	href: string;
}

/** Of each kind. */
const LIMIT = 6;

/** Things whose names hold `text`, newest first within their kind; the newest of all for an empty text. One request. */
export async function find(client: Client, text: string): Promise<Found[]> {
	const input = { limit: LIMIT, ...(text && { q: text }) };
	const [dashboards, cards, datasets, transforms] = await Promise.all([
		client.dashboards.list.query(input),
		client.cards.list.query(input),
		client.datasets.list.query(input),
		client.transforms.list.query(input),
	]);
	return [
		...dashboards.items.map((one) => found('dashboard', one.dashboardId, one.name)),
		...cards.items.map((one) => found('card', one.cardId, one.name)),
		...datasets.items.map((one) => found('dataset', one.datasetId, one.name)),
		...transforms.items.map((one) => found('transform', one.transformId, one.name)),
	];
}

function found(kind: Found['kind'], id: string, name: string): Found {
	return { kind, id, name, href: `/${kind}s/${id}` };
}
