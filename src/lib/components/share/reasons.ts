// Why somebody has access, in words.
import type { AccessReason, PersonAccess } from '$lib/contracts/share';
import { m } from '$lib/paraglide/messages';
import { format } from '$lib/state/format';
import { permissionNames } from './permissions';

function wordsOf({ via, permission, group, expiresAt }: AccessReason): string {
	const named = { permission: permissionNames[permission](), group: group?.name ?? '' };
	const reason = {
		creation: m.share_via_owner,
		admin: m.share_via_admin,
		user: () => m.share_via_own(named),
		group: () => m.share_via_group(named),
	}[via]();
	return expiresAt === null ? reason : m.share_via_until({ reason, day: format().date(expiresAt) });
}

/** `Editor, through Sales (own: viewer)`: the strongest reason, and the share to oneself when it gives less. */
export function whyOf({ reasons: [strongest, ...others] }: PersonAccess): string {
	if (!strongest) return '';
	const own = others.find(({ via }) => via === 'user');
	const reason = wordsOf(strongest);
	if (!own || own.permission === strongest.permission) return reason;
	return m.share_via_own_less({ reason, permission: permissionNames[own.permission]().toLocaleLowerCase() });
}
