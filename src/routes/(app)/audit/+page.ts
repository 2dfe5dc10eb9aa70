// The audit log, for administrators. What is looked for stands in the address.
import { error } from '@sveltejs/kit';
import { createClient } from '$lib/client';
import { auditAction, auditResource, type AuditFilter } from '$lib/contracts/audit';
import { listInput } from '$lib/domain/list-input';
import { m } from '$lib/paraglide/messages';
import { leadAway } from '$lib/state/failures';
import type { PageLoad } from './$types';

const DAY = /^\d{4}-\d\d-\d\d$/;
/** An identifier that no event has. */
const NOBODY = 'nobody';

export const load: PageLoad = async ({ fetch, url, parent }) => {
	const { me } = await parent();
	if (me.role !== 'admin') error(403, { message: m.error_text_403(), requestId: null });
	const client = createClient({ fetch });
	const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined;
	const day = (name: string) => (DAY.test(asked(name) ?? '') ? asked(name) : undefined);
	const { limit, offset } = listInput(url);
	try {
		const text = asked('person');
		const person = text === undefined ? null : await findPerson(client, text);
		const filter: AuditFilter = {
			action: auditAction.safeParse(asked('action')).data,
			resourceType: auditResource.safeParse(asked('kind')).data,
			resourceId: asked('id'),
			from: day('from'),
			to: day('to'),
			...(text !== undefined && { userId: person?.userId ?? NOBODY }),
		};
		return { filter, text: text ?? '', person, list: await client.audit.list.query({ ...filter, limit, offset }) };
	} catch (caught) {
		leadAway(caught, url);
	}
};

/** Who is meant by an identifier, or by part of a name or e-mail address: the first of them. */
async function findPerson(client: ReturnType<typeof createClient>, text: string) {
	const { items } = await client.users.list.query({ q: text, limit: 1 });
	return items[0] ?? null;
}
