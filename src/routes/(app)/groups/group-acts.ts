// What pages do with groups. Every act answers with a sentence when it failed, nothing when it is done.
import { invalidateAll } from '$app/navigation';
import type { Client } from '$lib/client';
import type { Group } from '$lib/contracts/group';
import { m } from '$lib/paraglide/messages';
import { codeOf, sentenceOf } from '$lib/state/failures';
import { notify } from '$lib/state/notify.svelte';

type Outcome = Promise<string | void>;

export async function attempt(act: () => Promise<unknown>): Outcome {
	try {
		await act();
	} catch (caught) {
		return codeOf(caught) === 'ALREADY_EXISTS' ? m.group_name_taken() : sentenceOf(caught);
	}
}

export function rename(client: Client, { id }: Group, name: string): Outcome {
	return attempt(async () => {
		await client.groups.update.mutate({ groupId: id, name });
		await invalidateAll();
	});
}

/** @param leave goes where the group is not shown any more */
export function remove(client: Client, { id, name }: Group, leave: () => Promise<unknown>): Outcome {
	return attempt(async () => {
		await client.groups.remove.mutate({ groupId: id });
		await leave();
		await notify(m.group_deleted({ name }));
	});
}
