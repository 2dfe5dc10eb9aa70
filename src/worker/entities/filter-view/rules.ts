// Who may do what with a filter view. Pure: a role on the dashboard comes in, it is not looked up.
import type { Permission } from '$lib/contracts/share';

/** Filter views of one dashboard. */
export const MAX_VIEWS = 200;

export interface Marks {
	isShared: boolean;
	isDefault: boolean;
}

/** A view, as far as decisions need to know. */
export interface Standing extends Marks {
	/** Who made it. */
	ownerId: string;
}

/** Whoever asks, and their role on the dashboard. */
export interface Visitor {
	userId: string;
	role: Permission;
}

/** Whether everybody who may view the dashboard sees it. The default is what they all open with, whoever made it. */
export function isOpen({ isShared, isDefault }: Marks): boolean {
	return isShared || isDefault;
}

/** A view that is not open is its maker's alone, whatever the role of others. */
export function maySee(view: Standing, { userId }: Visitor): boolean {
	return view.ownerId === userId || isOpen(view);
}

/** What all see is the editors' to change, also for its maker; what is private is its maker's. */
export function mayChange(view: Standing, { userId, role }: Visitor): boolean {
	return isOpen(view) ? role !== 'viewer' : view.ownerId === userId;
}

/** Editors share, owners choose the default; whoever leaves both as they are needs neither role. */
export function mayMark(before: Marks, wanted: Partial<Marks>, role: Permission): boolean {
	const shares = wanted.isShared !== undefined && wanted.isShared !== isOpen(before);
	const chooses = wanted.isDefault !== undefined && wanted.isDefault !== before.isDefault;
	return (!shares || role !== 'viewer') && (!chooses || role === 'owner');
}
