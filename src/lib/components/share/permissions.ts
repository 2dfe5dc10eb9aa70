// Permissions in words.
import type { Permission } from '$lib/contracts/share';
import { m } from '$lib/paraglide/messages';

export const permissionNames: Record<Permission, () => string> = {
	viewer: m.dash_permission_viewer,
	editor: m.dash_permission_editor,
	owner: m.dash_permission_owner,
};

const ORDER: Permission[] = ['viewer', 'editor', 'owner'];

/** For a select. */
export const permissionOptions = () => ORDER.map((value) => ({ value, label: permissionNames[value]() }));
