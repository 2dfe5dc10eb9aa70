// Procedures about API keys.
import * as z from 'zod';
import { apiKeyCreate, apiKeyListInput, apiKeyPage, apiKeyRef, newApiKey } from '$lib/contracts/api-key';
import { procedure, router } from '../../trpc';
import * as apiKeys from './service';

export const apiKeyRouter = router({
	list: procedure({ access: 'signed-in', rest: { method: 'GET', path: '/api-keys', summary: 'Your API keys' } })
		.input(apiKeyListInput)
		.output(apiKeyPage)
		.query(({ ctx, input }) => apiKeys.list(ctx.deps, ctx.actor, input)),

	create: procedure({
		access: 'signed-in',
		// Whoever finds a key could go on with another one after the first was ended.
		keys: false,
		rest: { method: 'POST', path: '/api-keys', status: 201, summary: 'Makes an API key; only this answer shows it' },
	})
		.input(apiKeyCreate)
		.output(newApiKey)
		.mutation(({ ctx, input }) => apiKeys.create(ctx.deps, ctx.actor, input)),

	remove: procedure({
		access: { action: 'key.delete', id: 'keyId' },
		rest: { method: 'DELETE', path: '/api-keys/{keyId}', status: 204, summary: 'Ends an API key' },
	})
		.input(apiKeyRef)
		.output(z.void())
		.mutation(({ ctx, input }) => apiKeys.remove(ctx.deps, ctx.actor, input)),
});
