// The dashboards one may see, a page at a time; search and offset are in the address.
import { createClient } from '$lib/client';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
	const query = url.searchParams.get('q')?.trim() ?? '';
	const offset = Math.max(0, Number.parseInt(url.searchParams.get('offset') ?? '', 10) || 0);
	try {
		const { items, pagination } = await createClient({ fetch }).dashboards.list.query({
			offset,
			...(query && { q: query }),
		});
		return { dashboards: items, pagination, query };
	} catch (caught) {
		leadAway(caught, url);
	}
};
