// Rules about accounts that need no store. Provisioning runs this file under Node as it is: no aliases, erasable syntax only.

/** How an e-mail address is compared: without case and in one Unicode form. */
export function emailKey(email: string): string {
	return email.trim().normalize('NFC').toLowerCase();
}

/** The key of the guard item that makes an e-mail address unique. */
export function emailGuard(email: string): string {
	return `email#${emailKey(email)}`;
}
