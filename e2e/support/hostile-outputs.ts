// Outputs of a hostile notebook, one of every kind that JupyterLab can show, as Python shows them: a bundle of
// data by type. Every attempt goes to BASE/<name> at a listener outside.
import { type Aim, markup } from "./hostile.ts"

export interface Output {
  readonly data: Readonly<Record<string, unknown>>
  readonly metadata?: Readonly<Record<string, unknown>>
  /** what is on the screen, inside the output, once it is shown */
  readonly there: string
  /** names of its attempts, for those whose names are not in the markup */
  readonly tries: readonly string[]
}

const VEGA = "https://vega.github.io/schema/vega-lite/v5.json"

export function outputs(aim: Aim, dns: string): Record<string, Output> {
  const at = (name: string): string => `${aim.base}/${name}`
  return {
    html: {
      data: { "text/html": `<p id="gh-html">x</p>${markup(aim, dns)}` },
      there: "#gh-html",
      tries: [],
    },
    isolated: {
      data: {
        "text/html": `<p>x</p><img src="${at("isolated-image")}"><script>new Image().src="${at("isolated-script")}"</script>`,
      },
      metadata: { "text/html": { isolated: true } },
      there: "iframe",
      tries: ["isolated-image", "isolated-script"],
    },
    markdown: {
      data: {
        "text/markdown": `gh ![x](${at("markdown-image")}) <img src="${at("markdown-html")}"> <script>new Image().src="${at("markdown-script")}"</script>`,
      },
      there: ".jp-RenderedMarkdown p",
      tries: ["markdown-image", "markdown-html", "markdown-script"],
    },
    diagram: {
      data: {
        "text/markdown": `\`\`\`mermaid\nflowchart LR\n  a@{ img: "${at("diagram-image")}", h: 60, w: 60 }\n  b["<img src='${at("diagram-html")}'>"]\n  a --> b\n\`\`\``,
      },
      there: ".jp-RenderedMermaid, .jp-RenderedMarkdown pre",
      tries: ["diagram-image", "diagram-html"],
    },
    picture: {
      data: { "text/html": `<img id="gh-picture" src="${at("image-url")}">` },
      there: "#gh-picture",
      tries: ["image-url"],
    },
    svg: {
      data: {
        "image/svg+xml": [
          `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="new Image().src='${at("svg-onload")}'">`,
          `<style>@import url("${at("svg-import.css")}"); rect{fill:url("${at("svg-fill.svg#a")}")}</style>`,
          `<image href="${at("svg-href")}" width="9" height="9"/><use href="${at("svg-use.svg#a")}"/>`,
          `<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="${at("svg-foreign")}"/></foreignObject>`,
          `<script>new Image().src="${at("svg-script")}"</script><rect width="9" height="9"/></svg>`,
        ].join(""),
      },
      there: ".jp-RenderedSVG svg, .jp-RenderedSVG img",
      tries: [
        ...["svg-onload", "svg-import", "svg-fill", "svg-href", "svg-use", "svg-foreign", "svg-script"],
      ],
    },
    chart: {
      data: {
        "application/vnd.vegalite.v5+json": {
          $schema: VEGA,
          data: { url: at("chart-data.json") },
          mark: "point",
          encoding: { x: { field: "a", type: "quantitative" } },
        },
      },
      there: ".vega-embed",
      tries: ["chart-data"],
    },
    marks: {
      data: {
        "application/vnd.vegalite.v5+json": {
          $schema: VEGA,
          data: { values: [{ a: 1 }] },
          mark: { type: "image", url: at("chart-image"), width: 20, height: 20 },
          encoding: { x: { field: "a", type: "quantitative" } },
        },
      },
      there: ".vega-embed",
      tries: ["chart-image"],
    },
    formula: {
      data: { "text/latex": `$\\style{background-image:url(${at("formula-style")})}{gh}$` },
      there: ".jp-RenderedLatex",
      tries: ["formula-style"],
    },
    code: {
      data: {
        "application/javascript": `new Image().src = "${at("javascript-type")}"`,
        "text/plain": "gh",
      },
      there: "text=JavaScript output is disabled",
      tries: ["javascript-type"],
    },
    widget: {
      data: {
        "application/vnd.jupyter.widget-view+json": { model_id: "0", version_major: 2, version_minor: 0 },
        "text/plain": "gh",
        "text/html": `<p id="gh-widget">x</p><script src="${at("widget-manager.js")}"></script>`,
      },
      there: "#gh-widget",
      tries: ["widget-manager"],
    },
  }
}

/** A module of Python that shows one of them by name. */
export function outputsModule(all: Readonly<Record<string, Output>>): string {
  const text = Buffer.from(JSON.stringify(all)).toString("base64")
  return [
    "import base64, json",
    "from IPython.display import display",
    `ALL = json.loads(base64.b64decode("${text}"))`,
    "def show(name):",
    '    display(ALL[name]["data"], raw=True, metadata=ALL[name].get("metadata"))',
    "",
  ].join("\n")
}

interface Cell {
  readonly [name: string]: unknown
}

/** A notebook as Lab's own interface takes it. */
export function notebookWith(cells: readonly Cell[]): unknown {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
    cells,
  }
}

/** A cell of text, and outputs that somebody else made: Lab shows them without trusting them. */
export function broughtCells({ base }: Aim): Cell[] {
  const at = (attempt: string): string => `${base}/brought-${attempt}`
  const shown = (data: Record<string, string>) => ({ output_type: "display_data", metadata: {}, data })
  return [
    {
      id: "text",
      cell_type: "markdown",
      metadata: {},
      source: `gh-text ![x](${at("text-image")}) <img src="${at("text-html")}"> <video src="${at("text-video")}" poster="${at("text-poster")}"></video>`,
    },
    {
      id: "brought",
      cell_type: "code",
      metadata: {},
      execution_count: 1,
      source: "1",
      outputs: [
        shown({
          "text/html": `<p>gh-brought</p><img src="${at("image")}"><script>new Image().src="${at("script")}"</script>`,
        }),
        shown({ "text/markdown": `![x](${at("markdown")})` }),
      ],
    },
  ]
}

export const BROUGHT: readonly string[] = [
  ...["brought-text-image", "brought-text-html", "brought-text-video", "brought-text-poster"],
  ...["brought-image", "brought-script", "brought-markdown"],
]

/** What Lab itself never loads or runs, with our controls off too, and why. */
export const LAB_ITSELF: Readonly<Record<string, string>> = {
  ping: "a link within the page is followed by Lab, not by the browser",
  "markdown-script": "script in Markdown is text that is set, not run",
  "brought-script": "an output that was not made here is cleaned of script",
  "formula-style": "MathJax is set to leave styles out",
  "javascript-type": "the image switches Lab's renderer for it off",
  ...Object.fromEntries(
    ["onload", "import", "fill", "href", "use", "foreign", "script"].map((name) => [
      `svg-${name}`,
      "a drawing is shown as a picture, which loads and runs nothing",
    ]),
  ),
}
