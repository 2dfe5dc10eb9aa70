// Rules about groups that need no store.

/** The key of the guard item that makes a group's name unique, whatever its case. */
export function nameGuard(name: string): string {
	return `group-name#${name.trim().normalize('NFC').toLowerCase()}`;
}
