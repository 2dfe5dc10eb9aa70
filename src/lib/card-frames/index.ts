// What is inside a card's frame, and what an answer must say so that it stays there. Free of the DOM at import: the Worker and
// pages share this module. The side of the page is in `host.ts` and `slot.ts`.
//
// The DOM contract between the page, the Worker that rewrites it, and the client that adopts it. The page renders, once a card:
//
//   <iframe data-card="<card id>" data-key="<key of the content that belongs here>" title="<name>" sandbox="" …></iframe>
//
// The Worker puts a body it has in the cache into that frame, by attributes alone, so that hydration finds the elements it expects:
//
//   kind    sandbox          content                                  further attributes
//   html    ""               srcdoc = staticShell({ html })           data-kind="html"
//   figure  "allow-scripts"  srcdoc = figureShell({ nonce, origin })  data-kind="figure" data-libs="plotly-basic" data-figure="<spec JSON>"
//   script  "allow-scripts"  src = signed URL on the cards host       data-kind="script" allow="" referrerpolicy="no-referrer"
//
// with `data-rendered-at="<ISO time>"` on each. A frame without `data-kind` is empty and the client asks for it. A card that
// failed while a page without JavaScript waited (`?render=wait`) gets `errorShell({ message })` and `data-kind="error"`.
export { disarmHints, errorShell, figureShell, staticShell } from './shells';
export { pageHeaders, scriptCardHeaders, type PageClass } from './policies';
