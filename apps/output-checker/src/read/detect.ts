// The format of a file, told from its bytes. The name is only compared afterwards: a name that promises
// something else is itself a finding.

export interface Format {
  format: string
  /** a reason to refuse unread, for data sets and models */
  refuse?: { what: string; wayOut: string }
}

const TABLE_WAY = "Release an aggregated table as CSV instead."
const MODEL_WAY =
  "Release the coefficients or the metrics as CSV; models go through the separate route for models."

const REFUSED: Record<string, { what: string; wayOut: string }> = {
  parquet: { what: "a Parquet data set", wayOut: TABLE_WAY },
  feather: { what: "an Arrow or Feather data set", wayOut: TABLE_WAY },
  dta: { what: "a Stata data set", wayOut: TABLE_WAY },
  sav: { what: "an SPSS data set", wayOut: TABLE_WAY },
  sas7bdat: { what: "a SAS data set", wayOut: TABLE_WAY },
  rds: { what: "an R object file", wayOut: TABLE_WAY },
  sqlite: { what: "an SQLite database", wayOut: TABLE_WAY },
  duckdb: { what: "a DuckDB database", wayOut: TABLE_WAY },
  numpy: { what: "a NumPy array file", wayOut: TABLE_WAY },
  hdf5: { what: "an HDF5 file", wayOut: TABLE_WAY },
  matlab: { what: "a MATLAB data file", wayOut: TABLE_WAY },
  avro: { what: "an Avro data set", wayOut: TABLE_WAY },
  orc: { what: "an ORC data set", wayOut: TABLE_WAY },
  access: { what: "an Access database", wayOut: TABLE_WAY },
  pickle: { what: "a Python pickle", wayOut: MODEL_WAY },
  torch: { what: "a PyTorch archive", wayOut: MODEL_WAY },
  onnx: { what: "an ONNX model", wayOut: MODEL_WAY },
  gguf: { what: "a GGUF model", wayOut: MODEL_WAY },
  safetensors: { what: "a safetensors model", wayOut: MODEL_WAY },
  gph: {
    what: "a Stata graph, which holds the plotted data",
    wayOut: "Export the figure as PNG and hand in the counts behind it.",
  },
  executable: { what: "a program", wayOut: "Release source code as text." },
  encrypted: { what: "an encrypted file", wayOut: "Hand in the file without a password." },
  ole: { what: "an old Office document or an encrypted one", wayOut: "Save the table as CSV." },
}

export function refusalOf(format: string): { what: string; wayOut: string } | undefined {
  return REFUSED[format]
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length))
}

function startsWith(bytes: Uint8Array, ...values: number[]): boolean {
  return bytes.length >= values.length && values.every((v, i) => bytes[i] === v)
}

/** Bytes that name a binary format; undefined means: try it as text. */
export function detectBinary(bytes: Uint8Array): string | undefined {
  const head = ascii(bytes, 0, 16)
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png"
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return "jpeg"
  if (/^GIF8[79]a/.test(head)) return "gif"
  if (head.startsWith("RIFF") && ascii(bytes, 8, 4) === "WEBP") return "webp"
  if (head.startsWith("II*\0") || head.startsWith("MM\0*")) return "tiff"
  if (head.startsWith("BM") && bytes.length > 26 && bytes[14] === 40) return "bmp"
  if (head.startsWith("%PDF-") || ascii(bytes, 0, 1024).includes("%PDF-1.")) return "pdf"
  if (head.startsWith("PK\x03\x04") || head.startsWith("PK\x05\x06") || head.startsWith("PK\x07\x08"))
    return "zip"
  if (startsWith(bytes, 0x1f, 0x8b)) return "gzip"
  if (head.startsWith("BZh") || startsWith(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a)) return "archive-unsupported"
  if (
    startsWith(bytes, 0x37, 0x7a, 0xbc, 0xaf) ||
    head.startsWith("Rar!") ||
    startsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd)
  )
    return "archive-unsupported"
  if (head.startsWith("PAR1") || head.startsWith("PARE")) return "parquet"
  if (head.startsWith("ARROW1") || head.startsWith("FEA1")) return "feather"
  if (head.startsWith("SQLite format 3")) return "sqlite"
  if (ascii(bytes, 8, 4) === "DUCK") return "duckdb"
  if (head.startsWith("\x93NUMPY")) return "numpy"
  if (head.startsWith("\x89HDF")) return "hdf5"
  if (head.startsWith("MATLAB 5")) return "matlab"
  if (
    head.startsWith("<stata_dta>") ||
    (bytes.length > 109 &&
      [113, 114, 115].includes(bytes[0] ?? 0) &&
      (bytes[1] === 1 || bytes[1] === 2) &&
      bytes[2] === 1)
  )
    return "dta"
  if (head.startsWith("$FL2") || head.startsWith("$FL3")) return "sav"
  if (startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc2, 0xea, 0x81, 0x60)) return "sas7bdat"
  if (/^(?:RD[XAB][23]\n|X\n\0|A\n[23]\n|B\n)/.test(head)) return "rds"
  if (head.startsWith("Obj\x01")) return "avro"
  if (head.startsWith("ORC")) return "orc"
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) return "ole"
  if (ascii(bytes, 4, 15) === "Standard Jet DB" || ascii(bytes, 4, 15) === "Standard ACE DB") return "access"
  if (bytes[0] === 0x80 && (bytes[1] ?? 9) >= 2 && (bytes[1] ?? 9) <= 5) return "pickle"
  if (head.startsWith("GGUF")) return "gguf"
  if (head.startsWith("StataFileTM")) return "gph"
  if (
    head.startsWith("\x7fELF") ||
    (head.startsWith("MZ") && bytes.length > 128) ||
    startsWith(bytes, 0xca, 0xfe, 0xba, 0xbe)
  )
    return "executable"
  if (
    bytes.length > 10 &&
    bytes[7] === 0 &&
    bytes[8] === 0x7b &&
    bytes[9] === 0x22 &&
    ascii(bytes, 8, 200).includes('"dtype"')
  )
    return "safetensors"
  if (bytes.length > 512 && ascii(bytes, 257, 5) === "ustar") return "tar"
  if (bytes[0] === 0x08 && ascii(bytes, 0, 200).includes("pytorch")) return "onnx"
  return undefined
}

const EXTENSIONS: Record<string, string[]> = {
  csv: ["csv"],
  tsv: ["tsv", "tab"],
  png: ["png"],
  jpeg: ["jpg", "jpeg", "jpe"],
  svg: ["svg"],
  gif: ["gif"],
  webp: ["webp"],
  tiff: ["tif", "tiff"],
  bmp: ["bmp"],
  pdf: ["pdf"],
  html: ["html", "htm"],
  json: ["json", "geojson"],
  notebook: ["ipynb"],
  markdown: ["md", "markdown", "rmd", "qmd"],
  xlsx: ["xlsx", "xlsm"],
  ods: ["ods"],
  docx: ["docx"],
  pptx: ["pptx"],
  zip: ["zip"],
  gzip: ["gz", "svgz", "tgz"],
  tar: ["tar"],
}
/** Text that one may fairly keep under another text's name. */
const TEXT_FORMATS = new Set(["csv", "tsv", "text", "markdown", "code", "json"])
const TEXT_NAMES = new Set([
  "txt",
  "text",
  "log",
  "out",
  "smcl",
  "tex",
  "md",
  "markdown",
  "csv",
  "tsv",
  "tab",
  "dat",
  "rmd",
  "qmd",
  "rst",
  "lst",
  "asc",
  "psv",
  "ini",
  "cfg",
  "yaml",
  "yml",
  "toml",
  "",
])

export function extensionOf(path: string): string {
  const base = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
  const dot = base.lastIndexOf(".")
  return dot <= 0 ? "" : base.slice(dot + 1).toLowerCase()
}

export const CODE_NAMES = new Set([
  "r",
  "py",
  "sql",
  "do",
  "ado",
  "sas",
  "sps",
  "jl",
  "js",
  "ts",
  "sh",
  "stan",
  "cpp",
  "c",
  "h",
  "java",
])

/** A sentence when the name promises something that the content is not. */
export function compareName(path: string, format: string): string | undefined {
  const extension = extensionOf(path)
  const promised = Object.entries(EXTENSIONS).find(([, list]) => list.includes(extension))?.[0]
  if (promised === undefined) {
    if (TEXT_NAMES.has(extension) || CODE_NAMES.has(extension)) {
      if (TEXT_FORMATS.has(format) || extension === "") return undefined
      return `The name ends in .${extension}, the content is ${format}.`
    }
    return refusalOf(format) !== undefined || !TEXT_FORMATS.has(format)
      ? undefined
      : `The ending .${extension} is not one of the known ones; the content is ${format}.`
  }
  if (promised === format) return undefined
  if (TEXT_FORMATS.has(promised) && TEXT_FORMATS.has(format)) return undefined
  return `The name ends in .${extension}, the content is ${format}.`
}
