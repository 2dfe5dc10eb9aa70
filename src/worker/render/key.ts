// The name of a rendered card: a hash of everything its content depends on, and of nothing else. Pure.
import type { ResolvedFilter } from '$lib/contracts/filter';
import { canonicalJson, sha256Hex } from '$lib/domain/canonical';
import { combine } from '$lib/domain/filters';

export interface KeyParts {
	/** Of code, params, card type, script switch and aliases: fixed when the card is saved. */
	codeHash: string;
	/** Alias and version of each dataset in the card's order: the first is the one `dataset` stands for. */
	versions: readonly (readonly [alias: string, versionId: string])[];
	/** Only those that apply to the card. */
	filters: readonly ResolvedFilter[];
	/** Where the ends of days are for instants. */
	zone: string;
	/** Of each dataset that keeps rows from the viewer, by alias: the filters that leave them theirs, not the policies' names. */
	rows: Readonly<Record<string, readonly ResolvedFilter[]>>;
	/** What renders it: the executor's image, or the version of our own renderer of texts. */
	image: string;
}

/** 64 hexadecimal digits. Equal parts give equal keys in any order of filters and values. */
export function renderKey(parts: KeyParts): Promise<string> {
	return sha256Hex(
		canonicalJson({
			code: parts.codeHash,
			versions: parts.versions,
			filters: combine(parts.filters),
			zone: parts.zone,
			policy: Object.keys(parts.rows).length === 0 ? '-' : mapValues(parts.rows, combine),
			image: parts.image,
		}),
	);
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
