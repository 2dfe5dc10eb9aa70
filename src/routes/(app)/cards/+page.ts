import { loadList } from '$lib/state/list-load';
import type { PageLoad } from './$types';

export const load: PageLoad = (event) => loadList(event, (client, input) => client.cards.list.query(input));
