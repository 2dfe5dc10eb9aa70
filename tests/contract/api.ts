// A caller of the REST API that trusts nothing: every answer it gets is held against the conventions and against the
// OpenAPI document that the product itself serves.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, inject } from 'vitest';

export const product = inject('product');
export const PASSWORD = 'Correct-horse-7';

/** The body of an answer, as far as tests look into it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what the tests assert
type Body = any;

export interface Answer {
	status: number;
	headers: Headers;
	body: Body;
	/** `data` of a success. */
	data: Body;
	/** `error` of a failure. */
	error: Body;
}

export interface Caller {
	/** Sends a request; a body that is no form, text or bytes goes as JSON. */
	send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
	get(path: string): Promise<Answer>;
	post(path: string, body?: unknown): Promise<Answer>;
	put(path: string, body?: unknown): Promise<Answer>;
	remove(path: string): Promise<Answer>;
}

const requestIds = new Set<string>();

function callerWith(fixed: Record<string, string>): Caller {
	const send: Caller['send'] = async (method, path, body, headers = {}) => {
		const isRaw = typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array;
		const response = await fetch(`${product.url}/api${path}`, {
			method,
			headers: { ...fixed, ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }), ...headers },
			body: body === undefined ? undefined : isRaw ? (body as BodyInit) : JSON.stringify(body),
		});
		const text = await response.text();
		const parsed = text ? (JSON.parse(text) as Body) : undefined;
		const answer = {
			status: response.status,
			headers: response.headers,
			body: parsed,
			data: parsed?.data,
			error: parsed?.error,
		};
		await expectConventions(`${method} ${path.slice(0, 100)}`, answer);
		await expectDescribed(method, path, answer);
		return answer;
	};
	return {
		send,
		get: (path) => send('GET', path),
		post: (path, body) => send('POST', path, body),
		put: (path, body) => send('PUT', path, body),
		remove: (path) => send('DELETE', path),
	};
}

/** Whoever has no session. */
export const anonymous = callerWith({});

export const as = (token: string): Caller => callerWith({ authorization: `Bearer ${token}` });

export interface Person extends Caller {
	userId: string;
	email: string;
	name: string;
	token: string;
}

export async function logIn(email: string, password: string): Promise<Person> {
	const { data, status } = await anonymous.post('/auth/login', { email, password });
	expect(status).toBe(200);
	const { user, access_token: token } = data;
	return { ...as(token), token, userId: user.user_id, email, name: user.name };
}

let adminSession: Promise<Person> | undefined;
export const admin = () => (adminSession ??= logIn(product.admin.email, product.admin.password));

/** A new account that nobody else uses, logged in. */
export async function newPerson(name = 'Pat'): Promise<Person> {
	const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.org`;
	const made = await (await admin()).post('/users', { email, name, password: PASSWORD });
	expect(made.status).toBe(201);
	return logIn(email, PASSWORD);
}

/** What holds for every answer, whatever it says. */
function expectConventions(what: string, { status, headers, body }: Answer): void {
	const requestId = headers.get('x-request-id') ?? '';
	expect(requestId, what).not.toBe('');
	expect(requestIds.has(requestId), `${what}: a request id of its own`).toBe(false);
	requestIds.add(requestId);
	expect(headers.get('x-content-type-options'), what).toBe('nosniff');
	expect(headers.get('cache-control'), what).toBe('no-store');
	expect(headers.get('access-control-allow-origin'), what).toBeNull();
	expect(headers.get('server'), what).toBeNull();
	expect(status, `${what}: ${JSON.stringify(body)}`).not.toBe(500);
	if (status === 204) expect(body, what).toBeUndefined();
	else expect(headers.get('content-type'), what).toMatch(/^application\/json\b/);
	if (status < 400) return;
	expect(Object.keys(body), what).toEqual(['error']);
	expect(
		Object.keys(body.error)
			.filter((key) => key !== 'details')
			.toSorted(),
		what,
	).toEqual(['code', 'message']);
	expect(JSON.stringify(body), `${what}: nothing of ours`).not.toMatch(/node_modules|\.ts:|bi_[a-z]+|X-Amz|at async/);
}

interface Described {
	pattern: RegExp;
	method: string;
	validators: Map<string, ValidateFunction>;
}

let described: Promise<Described[]> | undefined;

/** An answer has the shape that the document promises for its status. */
async function expectDescribed(method: string, path: string, { status, body }: Answer): Promise<void> {
	if (path === '/openapi.json' || path === '/auth/login') return;
	const { pathname } = new URL(`${product.url}/api${path}`);
	const operation = (await (described ??= readDocument())).find(
		(one) => one.method === method && one.pattern.test(pathname),
	);
	if (!operation || status === 204) return;
	const validate = operation.validators.get(String(status)) ?? operation.validators.get('default')!;
	validate(body);
	expect(validate.errors ?? [], `${method} ${path} ${status}: ${JSON.stringify(body)?.slice(0, 500)}`).toEqual([]);
}

interface OpenApi {
	paths: Record<
		string,
		Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
	>;
}

async function readDocument(): Promise<Described[]> {
	const { body } = await (await admin()).get('/openapi.json');
	const ajv = new Ajv2020({
		strict: false,
		formats: { 'date-time': true, date: true, email: true, uri: true, binary: true },
	});
	ajv.addSchema({ $id: 'openapi', ...(body as object) });
	const compile = (schema: object) =>
		ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object);
	const parameters = (path: string) => path.split('{').length;
	// A text in place beats a parameter.
	const paths = Object.entries((body as OpenApi).paths).toSorted(([a], [b]) => parameters(a) - parameters(b));
	return paths.flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, { responses }]) => ({
			method: method.toUpperCase(),
			pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]*')}$`),
			validators: new Map(
				Object.entries(responses).flatMap(([status, { content }]) => {
					const json = content?.['application/json'];
					return json ? [[status, compile(json.schema)]] : [];
				}),
			),
		})),
	);
}

/** Sends a CSV and the settings of its import. */
export function upload(
	caller: Caller,
	settings: Record<string, string>,
	content?: string | Uint8Array<ArrayBuffer>,
): Promise<Answer> {
	const form = new FormData();
	for (const [name, value] of Object.entries(settings)) form.set(name, value);
	if (content !== undefined) form.set('file', new Blob([content], { type: 'text/csv' }), 'data.csv');
	return caller.send('POST', '/datasets', form);
}

const SALES = 'region,amount,day\nnorth,10,2026-01-01\nsouth,20,2026-01-02\nnorth,30,2026-01-03\n,40,2026-01-04\n';

/** A small dataset: `region` (with a null), `amount`, `day`; four rows. */
export async function newDataset(caller: Caller, name = 'Sales'): Promise<string> {
	const { status, data, error } = await upload(caller, { name }, SALES);
	expect([status, error]).toEqual([201, undefined]);
	return data.dataset_id;
}

export const CODE = 'def render(dataset, filters, params):\n    return f"<p>{int(dataset[\'amount\'].sum())}</p>"\n';

export async function newCard(caller: Caller, fields: Record<string, unknown> = {}): Promise<string> {
	const { status, data, error } = await caller.post('/cards', {
		name: 'Total',
		card_type: 'text',
		code: '# Total',
		...fields,
	});
	expect([status, error]).toEqual([201, undefined]);
	return data.card_id;
}

export async function newDashboard(caller: Caller, fields: Record<string, unknown> = {}): Promise<string> {
	const { status, data, error } = await caller.post('/dashboards', { name: 'Board', ...fields });
	expect([status, error]).toEqual([201, undefined]);
	return data.dashboard_id;
}

/** What an absent thing, and one that the caller may not know of, answer. */
export function expectNotThere({ status, body }: Answer): void {
	expect(status).toBe(404);
	expect(body).toEqual({ error: { code: 'NOT_FOUND', message: expect.any(String) } });
}
