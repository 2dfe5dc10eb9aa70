// @ts-check
// A Vite plugin that turns Lucide's icons into plain SVG while building. As they come, each is data that a general component
// walks with every rendering; a page has them by the dozen.

const ICON = /@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;
const LOOK = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';

/** @returns {import('vite').Plugin} */
export function flatIcons() {
	return {
		name: 'cardinal:flat-icons',
		enforce: 'pre',
		transform: {
			filter: { id: ICON },
			handler(code, id) {
				const data = /const iconData = (\{.*\});/.exec(code)?.[1];
				if (!data) throw new Error(`${id} is not written as Lucide's icons were`);
				/** @type {{ node: [tag: string, attributes: Record<string, string>][] }} */
				const { node } = JSON.parse(data);
				const shapes = node.map(([tag, attributes]) => `<${tag} ${written(attributes)} />`).join('');
				return `<script>
					let { size = 24, strokeWidth = 2, ...rest } = $props();
				</script>
				<svg ${LOOK} width={size} height={size} stroke-width={strokeWidth} {...rest}>${shapes}</svg>`;
			},
		},
	};
}

/** @param {Record<string, string>} attributes */
function written(attributes) {
	return Object.entries(attributes)
		.map(([name, value]) => `${name}="${value}"`)
		.join(' ');
}
