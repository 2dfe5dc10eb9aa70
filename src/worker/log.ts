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

/** A log whose lines all carry `common`, such as the request id. */
export function createLog(common: Record<string, unknown>, write: (line: string) => void = console.log): Log {
	const line = (level: string, fields: LogFields) =>
		write(JSON.stringify({ at: new Date().toISOString(), level, ...common, ...fields }));
	return {
		info: (fields) => line('info', fields),
		error: ({ error, ...fields }) => line('error', { outcome: 'error', ...fields, error: describe(error) }),
	};
}

function describe(error: unknown): unknown {
	if (!(error instanceof Error)) return { message: String(error) };
	const cause = error.cause === undefined ? {} : { cause: describe(error.cause) };
	const code = 'code' in error ? { code: error.code } : {};
	return { message: error.message, ...code, stack: error.stack, ...cause };
}
