// The typed client of the API, for pages and for programs elsewhere. Of the server it knows nothing but types.
import { createTRPCClient, httpBatchLink, TRPCClientError, type TRPCClient, type TRPCLink } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import * as devalue from 'devalue';
import { MAX_CALLS_AT_ONCE } from '../contracts/common';
import { errorBody, type ErrorBody, type ErrorCode } from '../contracts/errors';
import type { AppRouter } from '../../worker/router';

/** What a call fails with: a code, a sentence for people, and details where they help. */
export class ApiError extends TRPCClientError<AppRouter> {
	override readonly name = 'ApiError';
	readonly code: ErrorCode;
	readonly details: Record<string, unknown> | undefined;
	readonly requestId: string | undefined;

	constructor({ code, message, details, requestId }: ErrorBody, { cause }: { cause?: unknown } = {}) {
		super(message, { ...(cause instanceof Error && { cause }) });
		// Its base class makes every subclass an instance of itself alone.
		Object.setPrototypeOf(this, ApiError.prototype);
		this.code = code;
		this.details = details;
		this.requestId = requestId;
	}
}

export interface ClientOptions {
	/** A page's own `fetch`, or any other; the platform's when left out. */
	fetch?: typeof globalThis.fetch;
	/** Origin of the installation, such as `https://bi.example.com`; a page leaves it out. */
	url?: string;
	/** An access token, for programs; a page has its cookie. */
	token?: string;
}

/** Longer queries go as several requests. */
const MAX_URL_LENGTH = 6_000;

/**
 * A client with every procedure of the API: `await client.datasets.list.query({ limit: 10 })`.
 * Every call fails with an `ApiError`. Calls made in the same tick travel together.
 */
export function createClient({ fetch, url = '', token }: ClientOptions = {}): Client {
	return createTRPCClient<AppRouter>({
		links: [
			failWithApiError,
			httpBatchLink({
				url: `${url}/trpc`,
				maxURLLength: MAX_URL_LENGTH,
				maxItems: MAX_CALLS_AT_ONCE,
				transformer: { serialize: devalue.stringify, deserialize: devalue.parse },
				...(fetch && { fetch: fetch as typeof globalThis.fetch }),
				...(token && { headers: { authorization: `Bearer ${token}` } }),
			}),
		],
	});
}

export type Client = TRPCClient<AppRouter>;
/** What procedures take and answer: `Outputs['datasets']['get']`. */
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;
export type { ErrorCode };

const failWithApiError: TRPCLink<AppRouter> = () => {
	return ({ next, op }) =>
		observable((observer) =>
			next(op).subscribe({
				next: (value) => observer.next(value),
				error: (error) => observer.error(toApiError(error)),
				complete: () => observer.complete(),
			}),
		);
};

function toApiError(error: TRPCClientError<AppRouter>): ApiError {
	const told = errorBody.safeParse(error.data);
	if (told.success) return new ApiError(told.data, { cause: error });
	const message = 'Cardinal cannot be reached. Check the connection and try again.';
	return new ApiError({ code: 'UPSTREAM_UNAVAILABLE', message }, { cause: error });
}
