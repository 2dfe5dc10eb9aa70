// @ts-check
// TCP ports on this machine.
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** @param {number} port 0 asks the system for any @returns {Promise<number | null>} the port, or null when it is taken */
function tryPort(port) {
	return new Promise((done, fail) => {
		const server = createServer();
		server.once('error', (error) => {
			const { code } = /** @type {NodeJS.ErrnoException} */ (error);
			if (code === 'EADDRINUSE' || code === 'EACCES') done(null);
			else fail(error);
		});
		server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
			const address = /** @type {import('node:net').AddressInfo} */ (server.address());
			server.close(() => done(address.port));
		});
	});
}

/** A port that nobody listens on now. */
export async function freePort() {
	return /** @type {number} */ (await tryPort(0));
}

/** @param {number} port */
export async function isPortFree(port) {
	return (await tryPort(port)) !== null;
}
