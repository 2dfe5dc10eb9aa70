// What the views menu loads when it is about to be used.
import { createClient } from '$lib/client';
import { FilterViews, type ViewsPage } from '$lib/state/filter-views.svelte';

export { default as Dialogs } from './views-dialogs.svelte';
export { default as Items } from './views-items.svelte';

/** The filter views of a page. */
export const open = (page: ViewsPage) => new FilterViews(page, createClient({ fetch }));
