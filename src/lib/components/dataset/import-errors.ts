// Why a file could not become a dataset, in words: what is wrong and what to do. Knows the codes of the import rules.
import type { ImportError } from '$lib/contracts/dataset';
import { m } from '$lib/paraglide/messages';
import { codeOf, detailsOf, fieldsOf, sentenceOf } from '$lib/state/failures';
import { format } from '$lib/state/format';

export interface Explanation {
	/** One sentence: what is wrong. */
	title: string;
	/** The importer's own words, where they say more: which line, how many. */
	detail: string | null;
	/** What to do now. */
	advice: string;
}

interface Words {
	title: (details: Record<string, unknown>) => string;
	advice: () => string;
	/** The importer's sentence names lines and counts. */
	exact?: true;
}

const words: Record<string, Words> = {
	empty_file: { title: m.dataset_error_empty, advice: m.dataset_error_empty_advice },
	not_text: { title: m.dataset_error_not_text, advice: m.dataset_error_not_text_advice },
	zip_not_supported: { title: m.dataset_error_zip, advice: m.dataset_error_zip_advice },
	gzip_truncated: { title: m.dataset_error_gzip, advice: m.dataset_error_gzip_advice },
	too_large: { title: tooLarge, advice: m.dataset_error_too_large_advice },
	too_many_columns: { title: m.dataset_error_columns, advice: m.dataset_error_columns_advice, exact: true },
	too_many_rejects: { title: m.dataset_error_rejects, advice: m.dataset_error_rejects_advice, exact: true },
	too_many_partitions: { title: m.dataset_error_partitions, advice: m.dataset_error_partitions_advice, exact: true },
	type_misfit: { title: m.dataset_error_misfit, advice: m.dataset_error_misfit_advice, exact: true },
	verify_rows: { title: m.dataset_error_verify, advice: m.dataset_error_verify_advice },
	verify_nulls: { title: m.dataset_error_verify, advice: m.dataset_error_verify_advice },
};

/** The words for a failed import; of a code that is not known, the importer's own sentence. */
export function explain(error: ImportError): Explanation {
	const known = words[error.importCode];
	if (!known)
		return {
			title: error.message || m.dataset_error_unknown(),
			detail: null,
			advice: m.dataset_error_unknown_advice(),
		};
	const detail = known.exact && error.message ? error.message : null;
	return { title: known.title(error.details ?? {}), detail, advice: known.advice() };
}

/** Any failure on the way to a dataset as an import error: refusals of the upload have their own codes. */
export function importErrorOf(error: unknown): ImportError {
	const details = detailsOf(error);
	const code = details['importCode'] ?? (codeOf(error) === 'TOO_LARGE' ? 'too_large' : 'unknown');
	const [field] = Object.values(fieldsOf(error));
	return { importCode: String(code), message: code === 'unknown' && field ? field : sentenceOf(error), details };
}

function tooLarge(details: Record<string, unknown>): string {
	const { limit, cap } = details;
	if (typeof cap === 'string') return m.dataset_error_unpacked({ cap });
	return typeof limit === 'number'
		? m.dataset_error_too_large({ limit: format().bytes(limit) })
		: m.dataset_error_too_large_plain();
}
