// One JSON line an operation. Never card code, row data, secrets or presigned addresses.

export interface LogFields {
	/** What was done: `procedure`, `import.step`, `limiter`. */
	event: string;
	outcome?: 'ok' | 'error';
	durationMs?: number;
	[field: string]: unknown;
}

export interface Log {
	info(fields: LogFields): void;
	error(fields: LogFields & { error: unknown }): void;
}

/** Characters of one text in a line: a card or a file may have written it. */
const MAX_TEXT = 4_000;
/** Causes of causes that are told. */
const MAX_CAUSES = 5;
/** What a terminal or a viewer of logs would obey, and JSON lets through. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A log whose lines all carry `common`, such as the request id. */
export function createLog(common: Record<string, unknown>, write: (line: string) => void = console.log): Log {
	const line = (level: string, fields: LogFields) =>
		write(toLine({ at: new Date().toISOString(), level, ...common, ...fields }));
	return {
		info: (fields) => line('info', fields),
		error: ({ error, ...fields }) => line('error', { outcome: 'error', ...fields, error: describe(error) }),
	};
}

/** One line of JSON, whatever the texts in it are. */
function toLine(fields: Record<string, unknown>): string {
	const short = (_name: string, value: unknown) =>
		typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}… (${value.length})` : value;
	return JSON.stringify(fields, short).replace(
		OBEYED,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

function describe(error: unknown, causes = MAX_CAUSES): unknown {
	if (!(error instanceof Error)) return { message: String(error) };
	const cause = error.cause === undefined || causes === 0 ? {} : { cause: describe(error.cause, causes - 1) };
	const code = 'code' in error ? { code: error.code } : {};
	return { message: error.message, ...code, stack: error.stack, ...cause };
}
