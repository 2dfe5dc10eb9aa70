// The dashboards one may see, a page at a time; search and offset are in the address.
import { loadList } from '$lib/state/list-load';
import type { PageLoad } from './$types';

export const load: PageLoad = (event) => loadList(event, (client, input) => client.dashboards.list.query(input));
