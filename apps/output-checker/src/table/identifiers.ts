// Shapes of identifiers of people. Shapes only: whether a column of them is a finding is decided by the
// rule, over the column, because one in eleven random ten-digit numbers passes the check digit.

/** person_id = project number (20 bits, never 0) × 2^32 + rank, so every one lies in this range. */
export const PERSON_ID_LOW = 2 ** 32
export const PERSON_ID_HIGH = 2 ** 52

export type Shape =
  | "nhs-number"
  | "ten-digits"
  | "person-id-own"
  | "person-id-other"
  | "postcode"
  | "postcode-compact"
  | "outcode"
  | "email"
  | "phone"
  | "ni-number"
  | "uuid"
  | "digest"

/** Modulus 11 check of NHS, CHI and H&C numbers: weights 10..2, 11 reads as 0, 10 is invalid. */
export function passesNhsCheck(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (digits.charCodeAt(i) - 48) * (10 - i)
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === digits.charCodeAt(9) - 48
}

/** The first six digits of a CHI number are a date of birth, DDMMYY. */
export function looksLikeChi(digits: string): boolean {
  const day = Number(digits.slice(0, 2))
  const month = Number(digits.slice(2, 4))
  return day >= 1 && day <= 31 && month >= 1 && month <= 12
}

const AREAS = new Set(
  (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G " +
    "GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW " +
    "OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC " +
    "WD WF WN WR WS WV YO ZE"
  ).split(" "),
)
const RE_POSTCODE = /^([A-Z]{1,2})(\d[A-Z\d]?)(\s+|)(\d[ABD-HJLNP-UW-Z]{2})$/i
const RE_POSTCODE_INSIDE = /\b([A-Z]{1,2})\d[A-Z\d]? {1,2}\d[ABD-HJLNP-UW-Z]{2}\b/gi
const RE_OUTCODE = /^([A-Z]{1,2})\d[A-Z\d]?$/i
const RE_EMAIL = /[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(?:\.[A-Z0-9-]{1,63}){0,4}\.[A-Z]{2,18}\b/i
const RE_PHONE = /(?<![\d.])(?:\+44\s?\(?0?\)?\s?7\d{3}|\(?07\d{3}\)?)[\s-]?\d{3}[\s-]?\d{3}(?!\d)/
const RE_NI =
  /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b/
const RE_UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i
const RE_DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i
const RE_LONG_NUMBER = /(?<![\d.])\d[\d ,'-]{8,24}(?:\.0+)?(?![\d])|(?<![\d.])\d\.\d{5,16}[eE]\+?\d{1,2}/g

export interface Hit {
  shape: Shape
  text: string
}

export interface IdRange {
  /** the project's number × 2^32; undefined when nobody said whose output this is */
  base: number | undefined
}

/** What a whole number says about people, or undefined. */
export function shapeOfNumber(
  value: number,
  range: IdRange,
): "person-id-own" | "person-id-other" | undefined {
  if (!(value >= PERSON_ID_LOW && value < PERSON_ID_HIGH) || !Number.isInteger(value)) return undefined
  if (range.base !== undefined && value >= range.base && value < range.base + PERSON_ID_LOW)
    return "person-id-own"
  return "person-id-other"
}

/** Digits of a number that is written with spaces, dashes, separators or as 21474836480.0 or 2.147483648e10. */
function longDigits(text: string): string | undefined {
  const plain = text.trim().replace(/^(\d[\d ,'-]*)\.0+$/, "$1")
  if (/^\d[\d ,'\u00a0-]*$/.test(plain)) return plain.replace(/\D/g, "")
  if (/^\d(?:\.\d+)?[eE]\+?\d{1,2}$/.test(plain)) {
    const value = Number(plain)
    if (Number.isSafeInteger(value)) return String(value)
  }
  return undefined
}

function shapesOfDigits(digits: string, text: string, range: IdRange, hits: Hit[]): void {
  if (digits.length < 10 || digits.length > 16) return
  const person = shapeOfNumber(Number(digits), range)
  // 10 digits are first of all a health number; only the project's own range speaks louder.
  if (digits.length === 10 && person !== "person-id-own") {
    if (passesNhsCheck(digits)) hits.push({ shape: "nhs-number", text })
    else {
      hits.push({ shape: "ten-digits", text })
      if (person !== undefined) hits.push({ shape: person, text })
    }
  } else if (person !== undefined) hits.push({ shape: person, text })
}

/** @param wide also search inside the text, not only the whole of it */
export function findShapes(raw: string, range: IdRange, wide: boolean): Hit[] {
  const text = raw.trim()
  const hits: Hit[] = []
  if (text.length < 2) return hits
  const digits = text.length <= 28 ? longDigits(text) : undefined
  if (digits !== undefined) {
    shapesOfDigits(digits, text, range, hits)
    if (/^(?:\+44|0)7\d{3}/.test(text) && RE_PHONE.test(text)) hits.push({ shape: "phone", text })
    return hits
  }
  if (text.length <= 10) {
    const m = RE_POSTCODE.exec(text)
    if (m !== null && AREAS.has((m[1] ?? "").toUpperCase())) {
      hits.push({ shape: m[3] === "" ? "postcode-compact" : "postcode", text })
      return hits
    }
    const o = RE_OUTCODE.exec(text)
    if (o !== null && AREAS.has((o[1] ?? "").toUpperCase())) hits.push({ shape: "outcode", text })
  }
  if (!/\d|@/.test(text) && !/[0-9a-f]{32}/i.test(text)) return hits
  if (RE_DIGEST.test(text)) hits.push({ shape: "digest", text })
  if (!wide && text.length > 4096) return hits
  const uuid = RE_UUID.exec(text)
  if (uuid !== null) hits.push({ shape: "uuid", text: uuid[0] })
  if (text.includes("@")) {
    const email = RE_EMAIL.exec(text)
    if (email !== null) hits.push({ shape: "email", text: email[0] })
  }
  for (const m of text.matchAll(RE_POSTCODE_INSIDE))
    if (AREAS.has((m[1] ?? "").toUpperCase())) hits.push({ shape: "postcode", text: m[0] })
  const ni = RE_NI.exec(text)
  if (ni !== null) hits.push({ shape: "ni-number", text: ni[0] })
  const phone = RE_PHONE.exec(text)
  if (phone !== null) hits.push({ shape: "phone", text: phone[0] })
  if (uuid === null && hits.every((h) => h.shape !== "digest"))
    for (const m of text.matchAll(RE_LONG_NUMBER)) {
      for (const piece of pieces(m[0])) {
        const inside = longDigits(piece)
        if (inside !== undefined) shapesOfDigits(inside, piece.trim(), range, hits)
      }
    }
  return hits
}

/** "9434765919 2021-03-01" must not read as one number: whole runs, and 3-3-4 groups, count. */
function pieces(run: string): string[] {
  const out: string[] = []
  for (const m of run.matchAll(
    /\d{9,16}(?:\.0+)?|\d\.\d{5,16}[eE]\+?\d{1,2}|\b\d{3}[ -]\d{3}[ -]\d{4}\b|\b\d{1,3}(?:[,']\d{3}){3,5}\b/g,
  ))
    out.push(m[0])
  return out
}

/** Header of a column that holds identifiers whatever its values look like; the token is for the message. */
const ID_HEADERS: [RegExp, string][] = [
  [/^(?:.* )?nhs ?(?:number|no|num|id)?(?: .*)?$/, "NHS numbers"],
  [/^(?:chi|chi number|chi no|hc number|h c number|health and care number)$/, "health service numbers"],
  [
    /^(?:patient|person|participant|subject|pseudo|pat|pt|token person|master|individual|respondent|encrypted hes|hes|epatient) ?(?:id|identifier|key|no|number|pseudonym)s?$/,
    "identifiers of people",
  ],
  [
    /^(?:pseudonym|personid|patientid|patid|hesid|lopatientid|mrn|hospital number|eid|pid|medical record number)$/,
    "identifiers of people",
  ],
  [
    /^(?:dob|d o b|date of birth|birth ?date|birthdate|birth dt|dateofbirth|person birth date)$/,
    "dates of birth",
  ],
  [
    /^(?:first ?name|fore ?name|given name|sur ?name|last ?name|family name|full ?name|patient name|maiden name)$/,
    "names",
  ],
  [/^(?:address|address line ?\d?|home address|street|house number)$/, "addresses"],
  [/^(?:e ?mail|email address|phone|telephone|mobile|phone number|telephone number)$/, "contact details"],
  [/^(?:post ?code|postal code|zip|zip code)$/, "postcodes"],
  [/^(?:lat|latitude|lon|long|lng|longitude|easting|northing)$/, "coordinates"],
]

/** Lower case words of a header: splits camel case, turns every other sign into a space. */
export function wordsOf(header: string): string {
  return header
    .normalize("NFKC")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z0-9%]+/g, " ")
    .trim()
}

export function identifierHeader(header: string): string | undefined {
  const words = wordsOf(header)
  if (words.length > 60) return undefined
  return ID_HEADERS.find(([pattern]) => pattern.test(words))?.[1]
}
