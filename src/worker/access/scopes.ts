// What an API key permits, as data of the key: which calls it may make. Whether its person may is decided apart from it. Pure.
import type { KeyPermission } from '$lib/contracts/api-key';

/** A call, as far as keys are told apart by it. */
export interface CallKind {
	/** The procedure's path, such as `dashboards.update`. */
	name: string;
	writes: boolean;
	/** Only administrators may. */
	admin: boolean;
	/** False: no key may, whatever it permits. */
	keys?: boolean;
}

/** True when a key with these permissions may make this call. */
export function permits(
	permissions: readonly KeyPermission[],
	{ name, writes, admin, keys = true }: CallKind,
): boolean {
	if (!keys) return false;
	if (admin) return permissions.includes('admin');
	const right = writes ? 'write' : 'read';
	const kind = name.split('.', 1)[0]!;
	return permissions.some((permission) => permission === right || permission === `${kind}:${right}`);
}
