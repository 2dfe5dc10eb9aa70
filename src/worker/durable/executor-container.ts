// The executor as a container of the platform's: started by its first request, asleep when nobody asks. Lifecycle, and what may
// leave it.
import { Container } from '@cloudflare/containers';
import { isReadOf } from './executor-egress';

/** What it takes of the Worker's settings, which the Worker has checked before it asks for a container. */
type ExecutorSettings = Record<'EXECUTOR_SECRET' | 'S3_ENDPOINT' | 'BUCKET', string>;

/** Where the platform puts the certificate with which it looks into what leaves over TLS. */
const PLATFORM_CERTIFICATE = '/etc/cloudflare/certs/cloudflare-containers-ca.crt';

export class ExecutorContainer extends Container<ExecutorSettings> {
	override defaultPort = 8000;
	override sleepAfter = '10m';
	override enableInternet = false;
	override allowedHosts = [new URL(this.env.S3_ENDPOINT).hostname];
	override interceptHttps = true;
	override envVars = {
		EXECUTOR_SECRET: this.env.EXECUTOR_SECRET,
		SSL_CERT_FILE: PLATFORM_CERTIFICATE,
	};
}

// By assignment: the class keeps its handlers under its name, which a static field would pass by.
ExecutorContainer.outbound = (request: Request, { S3_ENDPOINT, BUCKET }: ExecutorSettings) =>
	isReadOf({ endpoint: S3_ENDPOINT, bucket: BUCKET }, request)
		? fetch(request, { redirect: 'manual' })
		: new Response('Only objects of the bucket may be read from here.\n', { status: 403 });
