// Where the parts of an upload go, for the route table only: `http/upload.ts` serves it, and an upload names it as `part_url`.
import * as z from 'zod';
import type { Route } from './routes';

export const uploadPartRoute: Route = {
	name: 'uploads.putPart',
	method: 'PUT',
	path: '/upload/{uploadId}/parts/{number}',
	summary: 'Stores one part of an upload; sending it again replaces it',
	access: { action: 'upload.write', id: 'uploadId' },
	writes: true,
	status: 204,
	errors: ['VALIDATION_ERROR'],
	input: z.object({ uploadId: z.string(), number: z.int().min(1) }),
	output: undefined,
	served: { by: 'elsewhere', body: { type: 'application/octet-stream', schema: z.any() } },
};
