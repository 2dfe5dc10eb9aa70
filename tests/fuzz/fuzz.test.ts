// schemathesis against a running product: whatever the OpenAPI document allows, and what it does not, gets an answer that the
// document describes, and never a failure of ours. Most calls name things that are there, so that they get past "not found".
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzerFolder, inVenv } from '../../scripts/lib/paths.js';
import { ensurePython, FUZZER } from '../../scripts/lib/setup/python.js';
import {
	admin,
	as,
	CODE,
	logIn,
	newCard,
	newDashboard,
	newDataset,
	newPerson,
	PASSWORD,
	product,
	type Caller,
} from '../contract/api';

const CHECKS = 'not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance';
/** They end the session that fuzzes, or take the log-ins of everybody at this address. */
const NOT_CALLED = 'auth/|sign-out|sessions';
const TIMEOUT_MS = 600_000;

const folder = mkdtempSync(join(tmpdir(), 'cardinal-fuzz-'));
let token: string;
let known: Record<string, string>;

beforeAll(async () => {
	await ensurePython(FUZZER);
	const person = await newPerson('Fuzz');
	await (await admin()).put(`/users/${person.userId}`, { role: 'admin' });
	token = (await logIn(person.email, PASSWORD)).token;
	// Somebody else, who may be disabled.
	known = await makeThings(as(token), (await newPerson('Pat')).userId);
}, TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One of each kind, by the name that it has in paths. */
async function makeThings(api: Caller, userId: string): Promise<Record<string, string>> {
	const dataset_id = await newDataset(api);
	const card_id = await newCard(api, { card_type: 'code', code: CODE, dataset_id });
	const dashboard_id = await newDashboard(api, { layout: { cards: [{ card_id, x: 0, y: 0, w: 1, h: 1 }] } });
	const group = (await api.post('/groups', { name: `fuzz ${Date.now().toString(36)}` })).data;
	const view = { name: 'fuzz', filter_state: {} };
	const { filter_view_id } = (await api.post(`/dashboards/${dashboard_id}/filter-views`, view)).data;
	const grant = { shared_to_type: 'group', shared_to_id: group.id, permission: 'viewer' };
	const share = (await api.post(`/dashboards/${dashboard_id}/shares`, grant)).data;
	return {
		dataset_id,
		card_id,
		dashboard_id,
		filter_view_id,
		group_id: group.id,
		share_id: share.id,
		user_id: userId,
		column: 'region',
	};
}

/** Runs schemathesis; what it says goes into the failure. */
async function fuzz(parameters: Record<string, string>, ...options: string[]): Promise<void> {
	const config = join(folder, `${options.length}.toml`);
	const lines = Object.entries(parameters).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
	writeFileSync(config, `headers = { Authorization = "Bearer ${token}" }\n[parameters]\n${lines.join('\n')}\n`);
	const args = ['--config-file', config, 'run', `${product.url}/api/openapi.json`, '--no-color', '--checks', CHECKS];
	const limits = ['--exclude-path-regex', NOT_CALLED, '--request-timeout', '30', '--generation-database', 'none'];
	const run = promisify(execFile)(inVenv(fuzzerFolder, 'schemathesis'), [...args, ...limits, ...options], {
		cwd: folder,
		maxBuffer: 64 * 1024 * 1024,
	});
	const said = await run.then(
		({ stdout }) => stdout,
		(error: { stdout?: string; stderr?: string }) => `FAILED\n${error.stdout}${error.stderr}`,
	);
	expect(said).not.toMatch(/^FAILED/);
	expect(said).toMatch(/\d+ generated, \d+ passed/);
	expect(said).not.toContain('returned only 401');
}

test(
	'calls about things that are there',
	() => fuzz(known, '--exclude-method', 'DELETE', '--max-examples', '8'),
	TIMEOUT_MS,
);

test('calls about anything, and deletes', () => fuzz({}, '--max-examples', '4', '--phases', 'fuzzing'), TIMEOUT_MS);
