// What one does with an open dashboard beyond reading it. Loads when somebody does it.
import { goto } from '$app/navigation';
import { createClient } from '$lib/client';
import Dialog from '$lib/components/share/share-dialog.svelte';
import type { DashboardView } from '$lib/contracts/dashboard';
import { m } from '$lib/paraglide/messages';
import { notify } from '$lib/state/notify.svelte';
import { Sharing } from '$lib/state/sharing.svelte';

export { printCards } from '$lib/card-frames/print';

/** The dialog that shares it, and its state. */
export function sharing({ dashboardId: id, name, owner }: DashboardView) {
	return { Dialog, sharing: new Sharing({ kind: 'dashboard', id, name, owner }, createClient({ fetch })) };
}

/** Makes a copy and opens it. */
export async function clone({ dashboardId }: DashboardView): Promise<void> {
	const copy = await createClient({ fetch }).dashboards.clone.mutate({ dashboardId });
	await goto(`/dashboards/${copy.dashboardId}`);
	await notify(m.dash_cloned({ name: copy.name }));
}
