// People for tests: the admin that the services were provisioned with, and users made through the API.
import type { Addresses } from '../harness/stack';
import { provisionAdmin } from '../../scripts/lib/provision/first-admin.js';
import type { ApiWorker } from './api-worker';

export const PASSWORD = 'Correct-horse-9';
let made = 0;

export interface Person {
	email: string;
	userId: string;
	token: string;
}

/** A token of an admin. Makes the first one when there is none. */
export async function admin(worker: ApiWorker, services: Addresses): Promise<Person> {
	const { email, password } = services.admin;
	await provisionAdmin(services.dynamo, { email, password });
	const { accessToken, user } = await worker.client().auth.login.mutate({ email, password });
	return { email, userId: user.userId, token: accessToken };
}

/** A new user, logged in. */
export async function newPerson(worker: ApiWorker, by: Person, name = 'Somebody'): Promise<Person> {
	const email = `${name.toLowerCase()}-${Date.now()}-${(made += 1)}@example.com`;
	const { userId } = await worker.client(by.token).users.create.mutate({ email, password: PASSWORD, name });
	const { accessToken } = await worker.client().auth.login.mutate({ email, password: PASSWORD });
	return { email, userId, token: accessToken };
}
