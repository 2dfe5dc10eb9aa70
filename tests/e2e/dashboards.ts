// Dashboards for tests, made through the REST API: whose, of which cards, shared with whom. Knows no browser.
import type { Api } from '../../scripts/lib/rest.js';
import { logIn } from '../../scripts/lib/rest.js';
import type { Account } from './people';
import { ordersCsv } from './orders';

export interface Person extends Account {
	name: string;
	userId: string;
	token: string;
	api: Api;
}

export interface CardMaking {
	name: string;
	code: string;
	scripts?: boolean;
}

/** Marks what one run of a test file makes, so that files and runs stay apart on one product. */
export const run = Date.now().toString(36);

/** A new account, logged in. `name` must be its own within the file. */
export async function newPerson(product: { url: string; admin: Account }, name: string): Promise<Person> {
	const account = { email: `${name}-${run}@example.com`, name: `${name} ${run}`, password: 'A-password-of-1-test' };
	const { api: admin } = await logIn(product.url, product.admin);
	await admin('POST', '/users', account);
	return { ...account, ...(await logIn(product.url, account)) };
}

/** Imports the orders; the dataset's id comes back once they are there. */
export async function importOrders({ api }: Person): Promise<string> {
	const form = new FormData();
	form.set('name', `orders_${run}`);
	form.set('file', new Blob([ordersCsv], { type: 'text/csv' }), 'orders.csv');
	return (await api('POST', '/datasets', form)).dataset_id;
}

/** Cards of equal size, three in a row, over one dataset; ids by name. */
export async function makeDashboard(
	{ api }: Person,
	made: { name: string; datasetId: string; cards: CardMaking[]; filters?: object[] },
): Promise<{ path: string; dashboardId: string; cardIds: Record<string, string> }> {
	const cardIds: Record<string, string> = {};
	for (const card of made.cards)
		cardIds[card.name] = (await api('POST', '/cards', { ...card, dataset_id: made.datasetId })).card_id;
	const cards = Object.values(cardIds).map((id, i) => ({
		card_id: id,
		x: (i % 3) * 4,
		y: Math.floor(i / 3) * 3,
		w: 4,
		h: 3,
	}));
	const layout = { cards, columns: 12, row_height: 100 };
	const { dashboard_id: dashboardId } = await api('POST', '/dashboards', {
		name: made.name,
		layout,
		filters: made.filters ?? [],
	});
	return { path: `/dashboards/${dashboardId}`, dashboardId, cardIds };
}

/** Lets somebody see a dashboard. */
export async function shareWith({ api }: Person, dashboardId: string, { userId }: Person): Promise<void> {
	await api('POST', `/dashboards/${dashboardId}/shares`, {
		shared_to_type: 'user',
		shared_to_id: userId,
		permission: 'viewer',
	});
}
