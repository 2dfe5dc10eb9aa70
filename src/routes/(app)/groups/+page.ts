// Groups: every one for administrators, one's own for everybody else.
import { loadList } from '$lib/state/list-load';
import type { PageLoad } from './$types';

export const load: PageLoad = (event) => loadList(event, (client, input) => client.groups.list.query(input));
