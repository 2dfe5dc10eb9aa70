// New passwords: which rules one meets, and one that meets them all. The API's own rules have the last word.
import { m } from '$lib/paraglide/messages';

export interface Rule {
	label: string;
	met: boolean;
}

/** The rules in the order they are listed, each met or not. */
export function passwordRules(password: string): Rule[] {
	const { length } = password;
	return [
		{ label: m.user_rule_length(), met: length >= 8 && length <= 128 },
		{ label: m.user_rule_upper(), met: /\p{Lu}/u.test(password) },
		{ label: m.user_rule_lower(), met: /\p{Ll}/u.test(password) },
		{ label: m.user_rule_digit(), met: /\p{Nd}/u.test(password) },
		{ label: m.user_rule_symbol(), met: /[^\p{L}\p{N}\s]/u.test(password) },
	];
}

/** Without letters and digits that look alike: it is read out and typed. */
const ALPHABETS = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.+=!?'];
const LENGTH = 16;

/** A random password that meets every rule, about 90 bits. */
export function generatePassword(): string {
	const all = ALPHABETS.join('');
	const letters = ALPHABETS.map(pick);
	while (letters.length < LENGTH) letters.push(pick(all));
	// A fair shuffle (Fisher–Yates), so that the first four places give nothing away.
	for (let at = letters.length - 1; at > 0; at--) {
		const other = below(at + 1);
		[letters[at], letters[other]] = [letters[other] ?? '', letters[at] ?? ''];
	}
	return letters.join('');
}

function pick(alphabet: string): string {
	return alphabet.charAt(below(alphabet.length));
}

/** A random integer from 0 to `end` - 1, every one as likely. */
function below(end: number): number {
	const limit = Math.floor(2 ** 32 / end) * end;
	for (;;) {
		const [value = limit] = crypto.getRandomValues(new Uint32Array(1));
		if (value < limit) return value % end;
	}
}
