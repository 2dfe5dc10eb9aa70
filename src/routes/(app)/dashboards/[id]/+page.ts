// Brings the plain filters to a page that must do without JavaScript; any other page loads its own on demand.
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ data, url, untrack }) => {
	const plain = untrack(() => url.searchParams.get('render') === 'wait');
	const PlainFilters = plain ? (await import('$lib/components/dashboard/plain-filters.svelte')).default : null;
	return { ...data, PlainFilters };
};
