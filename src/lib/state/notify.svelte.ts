// Toasts for results. Their library loads with the first one: a viewer's page does without.
// Errors that need reading never come here; they stay beside their cause.
import { tick, type Component } from 'svelte';

class Notifications {
	/** Set once a toast was asked for; the shell renders it. */
	Toaster = $state.raw<Component<{ position: 'bottom-right'; style: string }> | null>(null);
}
export const notifications = new Notifications();

/** Says that something is done. */
export async function notify(text: string): Promise<void> {
	const sonner = await import('svelte-sonner');
	notifications.Toaster ??= sonner.Toaster as NonNullable<typeof notifications.Toaster>;
	await tick();
	sonner.toast(text);
}
