// The search over everything. Loads with the first use.
import { createClient } from '$lib/client';
import * as finder from '$lib/state/finder';

export { default as Palette } from '$lib/components/shell/palette.svelte';

export const find = (text: string) => finder.find(createClient({ fetch }), text);
