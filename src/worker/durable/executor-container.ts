// The executor as a container of the platform's: started by its first request, asleep when nobody asks. Lifecycle only.
import { Container } from '@cloudflare/containers';

export class ExecutorContainer extends Container<Record<string, string>> {
	override defaultPort = 8000;
	override sleepAfter = '10m';
	override enableInternet = true;
	override envVars = { EXECUTOR_SECRET: this.env['EXECUTOR_SECRET'] ?? '' };
}
