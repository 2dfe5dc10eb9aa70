// What a run has printed: there while it goes on, at no write of its own, and after whatever ends it.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Execution } from '$lib/contracts/transform';
import { KillableWorker } from './crashes';
import { eventually } from './files';
import { admin, newPerson, type Person } from './people';
import { runsOf, whenOver } from './transforms';

const services = inject('services');
/** Prints a numbered line ten times a second. */
const COUNTING = `import time
print("began ✓")
def transform(inputs, params):
    for n in range(params["lines"]):
        print(n)
        time.sleep(.1)
    return pd.DataFrame({"a": [1]})
`;

let link: BreakableLink;
let host: KillableWorker;
let ada: Person;

/** The way to the executor, which a test can cut. */
class BreakableLink {
	private readonly sockets = new Set<Socket>();
	private constructor(private readonly server: Server) {}

	static async to(target: string): Promise<BreakableLink> {
		const { hostname, port } = new URL(target);
		const link = new BreakableLink(createServer((near) => link.join(near, connect(Number(port), hostname))));
		await new Promise<void>((listening) => link.server.listen(0, '127.0.0.1', listening));
		return link;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	private join(near: Socket, far: Socket): void {
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			this.sockets.add(one);
			one.on('error', () => other.destroy()).on('close', () => other.destroy());
			one.pipe(other);
		}
	}

	cut(): void {
		for (const socket of this.sockets) socket.destroy();
	}

	close(): void {
		this.cut();
		this.server.close();
	}
}

beforeAll(async () => {
	link = await BreakableLink.to(services.executor.url);
	// A beat a second.
	host = await KillableWorker.start({ JOB_LEASE_SECONDS: '4', EXECUTOR_URL: link.url });
	ada = await newPerson(host.worker, await admin(host.worker, services), 'Ada');
});
afterAll(async () => {
	await host.stop();
	link.close();
});

const transforms = () => host.worker.client(ada.token).transforms;

async function begin(lines: number): Promise<Execution> {
	const { transformId } = await transforms().create.mutate({
		name: 'Counting',
		code: COUNTING,
		inputDatasetIds: [],
		params: { lines },
	});
	return transforms().execute.mutate({ transformId });
}

/** The run, once it has printed this and goes on. */
const whenSaid = ({ transformId, executionId }: Execution, line: string) =>
	eventually(async () => {
		const run = await transforms().execution.query({ transformId, executionId });
		expect(run.status).toBe('running');
		return run.log.includes(line) && run;
	}, `it has printed ${line}`);

const linesOf = (log: string) => log.trimEnd().split('\n');
const counted = (upTo: number) => ['began ✓', ...Array.from({ length: upTo }, (_none, n) => String(n))];

test('what a run prints is there while it goes on, in one read more of its list, and at the end all of it', async () => {
	const begun = await begin(40);
	const early = await whenSaid(begun, 'began ✓\n');
	const later = await whenSaid(begun, '15\n');
	expect(later.log.startsWith(early.log) && later.log.length > early.log.length).toBe(true);
	host.proxy.calls.length = 0;
	const [listed] = await runsOf(host.worker, ada, begun.transformId);
	expect(listed!.log.startsWith(later.log)).toBe(true);
	const read = host.proxy.calls.filter(({ body }) => /transform_executions|bi_jobs/.test(body));
	expect(read.filter(({ action }) => !action.startsWith('Update')).map(({ action }) => action)).toEqual([
		'Query',
		'GetItem',
	]);
	const run = await whenOver(host.worker, ada, begun);
	expect(run.status).toBe('succeeded');
	expect(linesOf(run.log)).toEqual(counted(40));
});

test('printing costs no write: what is there goes along with the beats', async () => {
	const begun = await begin(60);
	host.proxy.calls.length = 0;
	const started = performance.now();
	expect(await whenOver(host.worker, ada, begun)).toMatchObject({ status: 'succeeded' });
	const seconds = (performance.now() - started) / 1000;
	const writes = host.proxy.calls.filter(({ action, body }) => action === 'UpdateItem' && body.includes('bi_jobs'));
	// Taking it, its six steps, and a beat a second.
	expect(writes.length).toBeLessThanOrEqual(8 + seconds);
	expect(writes.filter(({ body }) => body.includes('began')).length).toBeGreaterThan(3);
	const others = host.proxy.calls.filter((call) => call.body.includes('began') && !writes.includes(call));
	expect(others.map(({ action }) => action)).toEqual(['TransactWriteItems']);
});

test('a run that is cancelled keeps what it had printed, to its end', async () => {
	const begun = await begin(600);
	const seen = await whenSaid(begun, '5\n');
	const cancelled = await transforms().cancel.mutate(begun);
	expect(cancelled.status).toBe('cancelled');
	expect(cancelled.log.startsWith(seen.log)).toBe(true);
	// Whoever has it run finds out with its next beat, and adds what came until then.
	const last = await eventually(async () => {
		const run = await transforms().execution.query(begun);
		return run.log.length > cancelled.log.length && run;
	}, 'the rest is there');
	expect(last).toEqual({ ...cancelled, log: last.log });
	expect(linesOf(last.log)).toEqual(counted(linesOf(last.log).length - 1));
});

test('a run that is cancelled before its first beat has what it printed as well', async () => {
	const begun = await begin(600);
	await eventually(async () => (await transforms().execution.query(begun)).step === 'run', 'its code runs');
	await transforms().cancel.mutate(begun);
	const run = await eventually(async () => {
		const run = await transforms().execution.query(begun);
		return run.log !== '' && run;
	}, 'the log is there');
	expect(run.status).toBe('cancelled');
	expect(run.log).toContain('began ✓\n');
});

test('a run whose executor goes away keeps what it had printed', async () => {
	const begun = await begin(600);
	const seen = await whenSaid(begun, '10\n');
	link.cut();
	const run = await whenOver(host.worker, ada, begun);
	expect(run).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
	expect(run.log.startsWith(seen.log)).toBe(true);
});

test('a run whose Worker dies keeps what it had printed as of its last beat', async () => {
	const begun = await begin(600);
	const seen = await whenSaid(begun, '10\n');
	await host.killAt(Promise.resolve());
	const run = await eventually(async () => {
		await host.worker.tick();
		const run = await transforms().execution.query(begun);
		return run.status !== 'running' && run;
	}, 'it is over');
	expect(run).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
	expect(run.log.startsWith(seen.log)).toBe(true);
});
