// One signed call to DynamoDB's HTTP interface, with a deadline and few tries. Knows errors and units, not items.
import { AwsClient } from 'aws4fetch';
import { AppError } from '../../errors';
import type { Cost } from '../../cost';

export interface DynamoSettings {
	endpoint: string;
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	/** What table names begin with. */
	prefix: string;
}

const MAX_TRIES = 3;
/** Milliseconds one try may take, and all tries together. */
const TRY_MS = 3_000;
const DEADLINE_MS = 8_000;
const FIRST_PAUSE_MS = 40;

/** Refusals that come with HTTP 400 and were certainly not carried out. */
const REFUSED_FOR_NOW = new Set([
	'ThrottlingException',
	'ProvisionedThroughputExceededException',
	'RequestLimitExceeded',
	'TransactionInProgressException',
]);

/** What DynamoDB answers with an error status. */
export class DynamoProblem extends Error {
	override readonly name = 'DynamoProblem';

	constructor(
		readonly type: string,
		readonly body: Record<string, unknown>,
	) {
		super(`${type}: ${String(body['message'] ?? body['Message'] ?? '')}`);
	}
}

export interface Call {
	/** False when a try whose answer was lost may not be repeated, because its condition would then fail on itself. */
	repeatable: boolean;
}

export type Transport = (action: string, input: object, call: Call) => Promise<Record<string, unknown>>;

/** The signer is made once an isolate: it keeps derived signing keys. */
export function createTransport(settings: DynamoSettings): (cost: Cost) => Transport {
	const { accessKeyId, secretAccessKey, region, endpoint } = settings;
	const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 'dynamodb', retries: 0 });

	async function attempt(action: string, body: string, signal: AbortSignal): Promise<Record<string, unknown>> {
		const request = await client.sign(endpoint, {
			method: 'POST',
			headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${action}` },
			body,
		});
		const response = await fetch(request, { signal });
		const answer = parse(await response.text());
		if (response.ok) return answer;
		const type = String(answer['__type'] ?? `HTTP ${response.status}`)
			.split('#')
			.at(-1)!;
		throw new DynamoProblem(response.status >= 500 ? 'ServiceUnavailable' : type, answer);
	}

	return (cost) =>
		async (action, input, { repeatable }) => {
			const body = JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' });
			const deadline = AbortSignal.timeout(DEADLINE_MS);
			for (let tries = 1; ; tries += 1) {
				cost.count('dynamo');
				try {
					const answer = await attempt(action, body, AbortSignal.any([deadline, AbortSignal.timeout(TRY_MS)]));
					cost.addCapacity(consumed(answer['ConsumedCapacity']));
					return answer;
				} catch (error) {
					const verdict = judge(error, repeatable);
					if (verdict === 'answer') throw error;
					if (verdict === 'give up' || tries === MAX_TRIES || deadline.aborted) {
						throw new AppError('UPSTREAM_UNAVAILABLE', {
							message: `DynamoDB ${action} failed after ${tries} tries`,
							cause: error,
						});
					}
					await pause(FIRST_PAUSE_MS * 4 ** (tries - 1));
				}
			}
		};
}

/** Whether an error is an answer for the caller, worth another try, or the end. */
function judge(error: unknown, repeatable: boolean): 'answer' | 'again' | 'give up' {
	if (error instanceof DynamoProblem && error.type !== 'ServiceUnavailable') {
		return REFUSED_FOR_NOW.has(error.type) || isOnlyConflict(error) ? 'again' : 'answer';
	}
	return repeatable ? 'again' : 'give up';
}

/** A transaction that met another one on the same item, and nothing else: it was not carried out and may be tried again. */
function isOnlyConflict({ type, body }: DynamoProblem): boolean {
	if (type === 'TransactionConflictException') return true;
	if (type !== 'TransactionCanceledException') return false;
	const codes = cancellationCodes(body);
	return codes.includes('TransactionConflict') && !codes.includes('ConditionalCheckFailed');
}

/** Why each write of a cancelled transaction was refused, in order; `None` for those that were not. */
export function cancellationCodes(body: Record<string, unknown>): string[] {
	const reasons = body['CancellationReasons'];
	return Array.isArray(reasons) ? reasons.map((reason: { Code?: string }) => reason.Code ?? 'None') : [];
}

function consumed(capacity: unknown): number {
	const list = Array.isArray(capacity) ? capacity : [capacity];
	return list.reduce((sum: number, one?: { CapacityUnits?: number }) => sum + (one?.CapacityUnits ?? 0), 0);
}

function parse(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		// A proxy's error page: its status decides.
		return { message: text.slice(0, 200) };
	}
}

/** Waits about `ms`, spread so that those who were refused together do not come back together. */
function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random())));
}
