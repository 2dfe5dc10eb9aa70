// "Who may import whom" as data: every source file is in the first zone whose pattern it matches.

export interface Zone {
	name: string;
	files: RegExp;
	/** Zones, besides itself, that it may import at run time. */
	may?: string[];
	/** Zones that it may import types of, besides those of `may`. */
	types?: string[];
	/** Packages that it may import at run time; any when left out. */
	packages?: RegExp;
}

/** What any server code may use: errors, ids, clock, lists, cost meter, log. None of them knows an entity. */
const BASICS = ['basics', 'contracts'];
const PAGES = ['contracts', 'domain', 'client', 'state', 'card-frames', 'components', 'messages'];

export const zones: Zone[] = [
	// Both sides
	{ name: 'contracts', files: /^src\/lib\/contracts\//, packages: /^zod$/ },
	{ name: 'domain', files: /^src\/lib\/domain\//, may: ['contracts'], packages: /^@lezer\/python$/ },
	{ name: 'client', files: /^src\/lib\/client\//, may: ['contracts'], types: ['router'] },
	{ name: 'messages', files: /^src\/lib\/paraglide\// },

	// Pages
	{ name: 'card-frames', files: /^src\/lib\/card-frames\//, may: ['contracts', 'domain'] },
	{ name: 'state', files: /^src\/lib\/state\//, may: PAGES },
	{ name: 'components', files: /^src\/lib\/components\//, may: PAGES },
	{ name: 'routes', files: /^src\/(routes\/|hooks\.server\.ts$)/, may: PAGES },
	{ name: 'what the Worker hands to pages', files: /^src\/app\.d\.ts$/, types: ['basics'] },

	// The Worker, from what knows least to what knows all
	{
		name: 'basics',
		files: /^src\/worker\/(cost|errors|ids|lists|log|time|well-formed)\.ts$|^src\/worker\/.*\.d\.ts$/,
		may: ['contracts'],
	},
	{ name: 'settings', files: /^src\/worker\/env\.ts$/, may: ['contracts'], types: ['durable'], packages: /^zod$/ },
	{
		name: 'rules',
		files: /^src\/worker\/entities\/[\w-]+\/rules\.ts$/,
		may: ['contracts', 'domain', 'basics'],
		packages: /^zod$/,
	},
	{
		name: 'pure render',
		files: /^src\/worker\/render\/(applicable|columns|key|plan|prune|text-card)\.ts$/,
		may: ['contracts', 'domain'],
		types: ['port'],
		packages: /^micromark/,
	},
	// A port is what others know of a system; for DynamoDB the language of its conditions belongs to it.
	{
		name: 'port',
		files: /^src\/worker\/infra\/(\w+\/port|dynamo\/(again|expression|parse|tables)|executor\/protocol)\.ts$/,
		may: BASICS,
		types: ['render', 'infra'],
	},
	{ name: 'parquet', files: /^src\/worker\/infra\/parquet\//, may: [...BASICS, 'port'] },
	{
		name: 'infra',
		files: /^src\/worker\/infra\//,
		may: [...BASICS, 'port', 'parquet'],
		types: ['durable', 'render', 'repository'],
	},
	{
		name: 'repository',
		files: /^src\/worker\/entities\/[\w-]+\/(repository|summary|run-state)\.ts$/,
		may: [...BASICS, 'port', 'rules'],
	},
	{
		name: 'access',
		files: /^src\/worker\/access\//,
		may: [...BASICS, 'rules', 'repository', 'port'],
		types: ['infra'],
	},
	// What a dashboard's procedures call to show it: the service of the render path.
	{
		name: 'view',
		files: /^src\/worker\/render\/view\.ts$/,
		may: [...BASICS, 'domain', 'render', 'pure render', 'repository', 'access'],
		types: ['deps', 'infra'],
	},
	{
		name: 'render',
		files: /^src\/worker\/render\//,
		may: [...BASICS, 'domain', 'pure render', 'port', 'parquet', 'repository', 'rules', 'access'],
		types: ['deps', 'infra'],
	},
	{
		name: 'procedures',
		files: /^src\/worker\/entities\/[\w-]+\/procedures\.ts$/,
		may: ['trpc', 'contracts', 'service', 'view', 'session cookie'],
	},
	{
		name: 'service',
		files: /^src\/worker\/entities\/[\w-]+\//,
		may: [...BASICS, 'domain', 'access', 'rules', 'repository', 'port', 'parquet', 'pure render', 'render'],
		types: ['deps', 'infra'],
	},
	{ name: 'durable', files: /^src\/worker\/durable\//, may: ['basics', 'port', 'deps', 'settings', 'render'] },
	{
		name: 'deps',
		files: /^src\/worker\/deps\.ts$/,
		may: [...BASICS, 'settings', 'access', 'port', 'parquet', 'infra', 'render', 'pure render'],
	},
	{ name: 'session cookie', files: /^src\/worker\/http\/session-cookie\.ts$/, may: ['domain'] },
	{ name: 'trpc', files: /^src\/worker\/trpc\.ts$/, may: [...BASICS, 'access'], types: ['context'] },
	{
		name: 'context',
		files: /^src\/worker\/context\.ts$/,
		may: ['session cookie', 'rules'],
		types: ['deps', 'infra', 'access'],
	},
	{ name: 'router', files: /^src\/worker\/router\.ts$/, may: ['trpc', 'procedures'] },
	{
		name: 'http',
		files: /^src\/worker\/http\//,
		may: [
			...BASICS,
			'session cookie',
			'context',
			'trpc',
			'router',
			'service',
			'view',
			'render',
			'card-frames',
			'domain',
			'port',
		],
		types: ['deps', 'access'],
	},
	{ name: 'app', files: /^src\/worker\/app\.ts$/, may: ['basics', 'http'] },
	{ name: 'entry', files: /^src\/worker\/index\.ts$/, may: ['app', 'deps', 'settings', 'durable', 'service', 'http'] },
];

export function zoneOf(path: string): Zone | undefined {
	return zones.find((zone) => zone.files.test(path));
}
