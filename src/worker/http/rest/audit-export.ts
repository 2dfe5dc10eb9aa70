// `GET /api/audit-logs/export`: what the list of the audit log would show, all of it, as a stream of CSV.
import { auditFilter } from '$lib/contracts/audit';
import type { Actor } from '../../access/access';
import type { Context } from '../../context';
import * as audit from '../../entities/audit/service';
import { asAppError } from '../../errors';
import { invalidInput } from '../../trpc';
import { readInput } from './input';
import type { Route } from './routes';

export const auditExportRoute: Route = {
	name: 'audit.export',
	method: 'GET',
	path: '/api/audit-logs/export',
	summary: 'The same as CSV, without pages',
	access: 'admin',
	writes: false,
	status: 200,
	errors: [],
	input: auditFilter,
	output: undefined,
	served: { by: 'handler', answers: 'text/csv', handle: exportLog },
};

async function exportLog(request: Request, { deps }: Context, actor: Actor): Promise<Response> {
	const filter = auditFilter.safeParse(await readInput(request, auditFilter, {}));
	if (!filter.success) throw invalidInput(filter.error);
	const lines = audit.exportCsv(deps, actor, filter.data);
	// What fails before anything is sent is answered as any failure.
	const head = await lines.next();
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(encoder.encode(String(head.value))),
		async pull(controller) {
			try {
				const { done, value } = await lines.next();
				if (done) controller.close();
				else controller.enqueue(encoder.encode(value));
			} catch (error) {
				deps.log.error({ event: 'audit-export', error: asAppError(error) });
				controller.error(error);
			}
		},
		cancel: async () => void (await lines.return(undefined)),
	});
	return new Response(body, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="audit-log.csv"',
		},
	});
}
