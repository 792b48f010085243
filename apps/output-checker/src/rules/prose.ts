// Counts in running text: "n = 3", "3 patients died", "3 (1.2%)". What cannot be told is said.
import type { Item, RuleContext } from "./rule.ts"

const NOUN =
  "patients?|people|persons?|participants?|subjects?|individuals?|cases?|deaths?|events?|women|men|children|adults|babies|births|observations|admissions|episodes|hospitali[sz]ations|infections|respondents|males?|females?|boys|girls|controls|survivors"
const NUMBER = String.raw`(?<![\d.,:/-])(\d{1,3}(?:[ ,]\d{3})+|\d+)(?![\d:/]|\.\d|,\d)`
const WORDS = "one two three four five six seven eight nine".split(" ")
const PATTERNS = [
  new RegExp(`${NUMBER}\\s+(?:[a-z-]+\\s+){0,2}?(?:${NOUN})\\b`, "gi"),
  new RegExp(`\\b[nN]\\s*=\\s*${NUMBER}`, "g"),
  new RegExp(
    `\\b(?:no\\.? (?:of )?|number of |num\\.? )?(?:observations|obs|subjects|patients|events|failures|deaths)\\s*[:=]\\s*${NUMBER}`,
    "gi",
  ),
  new RegExp(`${NUMBER}\\s*\\(\\s*\\d+(?:\\.\\d+)?\\s*%\\s*\\)`, "g"),
  new RegExp(`${NUMBER}\\s+(?:of|out of)\\s+(?:the\\s+)?\\d[\\d,]*`, "gi"),
  new RegExp(
    `\\b(?:number of|count of|total of|n of)\\s+(?:${NOUN})\\s*(?:was|were|is|are|:|=)\\s*${NUMBER}`,
    "gi",
  ),
]
const WORD_PATTERN = new RegExp(`\\b(${WORDS.join("|")})\\s+(?:${NOUN})\\b`, "gi")
/** Numbers that are parts of names, headings, lists, versions or dates. */
const EXPLAINED =
  /(?:table|figure|fig\.?|section|step|model|chapter|appendix|version|v|page|part|question|wave|dose|stage|grade|phase|week|month|day|year|quarter|level|type|line|icd-?|covid-?|age|aged|over|under|top|python|r|grid|column|row|cell|in|out|node|chunk)\s*[:#]?\s*$|[~+*^]\s*$/i

function lineOf(text: string, at: number): number {
  let line = 0
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) line++
  return line
}

export function checkProse(
  context: RuleContext,
  limit: number,
  violated: Item[],
  unverifiable: Item[],
): void {
  const { kind } = context.reading
  for (const { location, text, code } of context.reading.prose) {
    if (code === true) continue
    const seen = new Set<number>()
    for (const pattern of PATTERNS)
      for (const m of text.matchAll(pattern)) {
        const digits = m[1] ?? ""
        const at = m.index + m[0].indexOf(digits)
        if (seen.has(at)) continue
        seen.add(at)
        const value = Number(digits.replace(/\D/g, ""))
        if (/(?:aged?|over|under|age of)\s*$/i.test(text.slice(Math.max(0, at - 10), at))) continue
        if (value > 0 && value < limit)
          violated.push({
            location: { ...location, row: lineOf(text, at) },
            message: `“${m[0].trim().slice(0, 60)}” in the text is a count below the threshold of ${limit}.`,
          })
      }
    for (const m of text.matchAll(WORD_PATTERN)) {
      const value = WORDS.indexOf((m[1] ?? "").toLowerCase()) + 1
      if (value < limit && value > 1)
        violated.push({
          location: { ...location, row: lineOf(text, m.index) },
          message: `“${m[0].slice(0, 60)}” in the text is a count below the threshold of ${limit}.`,
        })
    }
    // Titles and notes beside a table are read by a person with the table; only texts must explain all.
    if (kind !== "text" && kind !== "document" && kind !== "html" && kind !== "notebook") continue
    let loose = 0
    let first = -1
    for (const m of text.matchAll(
      /(?<![\w.,:/#+-])(\d{1,2})(?![\w:/%]|[.,]\d|\)|\.\s|-\d|\s*(?:rows?|columns?|x \d))/g,
    )) {
      const value = Number(m[1])
      if (value === 0 || value >= limit || seen.has(m.index)) continue
      if (EXPLAINED.test(text.slice(Math.max(0, m.index - 60), m.index).replace(/\s+/g, " "))) continue
      loose++
      if (first < 0) first = m.index
    }
    if (loose > 0)
      unverifiable.push({
        location: { ...location, row: lineOf(text, first) },
        message: `${loose} number${loose === 1 ? "" : "s"} below ${limit} in running text; whether ${loose === 1 ? "it counts" : "they count"} people cannot be told. Move results into a table.`,
      })
  }
}
