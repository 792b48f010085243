// Deterministic randomness in SQL. `hash(id, field)` gives streams that are almost perfectly correlated between
// fields and would wipe out planted effects; xor of two hashes does not. DuckDB is pinned: its hash is no standard.
import type { Database } from "../drivers/database.ts"
import { text } from "../domain/sql.ts"

/** Makes `u(id, field)`: a uniform draw in (0, 1), the same for the same population, seed, id and field. */
export async function makeDraws(db: Database, population: string, seed: number): Promise<void> {
  await db.run(
    `CREATE MACRO draw(i, f) AS hash(xor(hash(i::BIGINT), xor(hash(f), hash(${text(`${population} ${seed}`)}))))`,
  )
  await db.run(`CREATE MACRO u(i, f) AS ((draw(i, f) >> 11)::DOUBLE + 0.5) / 9007199254740992.0`)
  await db.run(`CREATE MACRO pick(i, f, l) AS l[1 + (u(i, f) * len(l))::BIGINT % len(l)]`)
}

/**
 * Makes table `nhs (k BIGINT, nhs VARCHAR)`: valid NHS numbers of the test range 999 whose fourth digit lies in
 * the given range, in an order drawn from the seed, k from 0.
 */
export async function makeNhsNumbers(
  db: Database,
  table: string,
  first: number,
  last: number,
): Promise<void> {
  await db.run(`CREATE TABLE ${table} AS
    WITH n AS (SELECT range AS i FROM range(${first * 100_000}, ${(last + 1) * 100_000})),
      c AS (SELECT i, (11 - (9 * 27 + 7 * (i // 100000) + 6 * (i // 10000 % 10) + 5 * (i // 1000 % 10) + 4 * (i // 100 % 10)
        + 3 * (i // 10 % 10) + 2 * (i % 10)) % 11) % 11 AS digit FROM n)
    SELECT row_number() OVER (ORDER BY draw(i, 'nhs'), i) - 1 AS k, '999' || lpad(i::VARCHAR, 6, '0') || digit AS nhs
    FROM c WHERE digit <> 10`)
}

const SURNAMES =
  "Adeyemi,Ahmed,Ali,Allen,Anderson,Bailey,Baker,Begum,Bell,Bennett,Brown,Campbell,Carter,Chen,Clark,Collins,Cook,Cooper,Cox,Davies,Davis,Edwards,Evans,Fernandez,Foster,Gray,Green,Griffiths,Hall,Harris,Hill,Hughes,Hussain,Jackson,James,Johnson,Jones,Kaur,Kelly,Khan,King,Kowalska,Lee,Lewis,Marshall,Martin,Mason,Miller,Mitchell,Moore,Morgan,Morris,Murphy,Murray,Nguyen,O'Brien,O'Connor,Okafor,Parker,Patel,Phillips,Price,Quigley,Richards,Richardson,Roberts,Robinson,Rogers,Scott,Shah,Simpson,Singh,Smith,Stewart,Taylor,Thomas,Thompson,Turner,Walker,Ward,Watson,White,Williams,Wilson,Wood,Wright,Young"
const FORENAMES_M =
  "Adam,Alan,Andrew,Anthony,Benjamin,Brian,Charles,Christopher,Daniel,David,Edward,George,Graham,Harry,Ian,Imran,Jack,James,John,Joseph,Kevin,Liam,Mark,Matthew,Michael,Mohammed,Neil,Oliver,Patrick,Paul,Peter,Richard,Robert,Samuel,Simon,Stephen,Steven,Thomas,William,Zachary"
const FORENAMES_F =
  "Aisha,Alice,Amanda,Amelia,Angela,Anne,Barbara,Caroline,Catherine,Charlotte,Chloe,Christine,Deborah,Dorothy,Elizabeth,Emily,Emma,Fatima,Fiona,Grace,Helen,Jacqueline,Jane,Janet,Jean,Jennifer,Joan,Karen,Laura,Linda,Lucy,Margaret,Mary,Michelle,Nicola,Olivia,Patricia,Rebecca,Sarah,Susan"

function listSql(names: string): string {
  return `[${names.split(",").map(text).join(", ")}]`
}

/** SQL of names and an address for a row with the columns `i` (person) and `sex` ('1', '2', other). */
export const NAME_SQL = {
  surname: `pick(i, 'surname', ${listSql(SURNAMES)})`,
  forename: `CASE WHEN sex = '1' THEN pick(i, 'forename', ${listSql(FORENAMES_M)}) ELSE pick(i, 'forename', ${listSql(FORENAMES_F)}) END`,
  postcode: `pick(i, 'area', ['NE', 'M', 'LS', 'NG', 'B', 'CB', 'N', 'BN', 'BS', 'YO', 'L', 'S', 'LE', 'CV', 'NR', 'SE', 'RG', 'EX'])
    || (1 + (u(i, 'district') * 30)::BIGINT % 30) || ' ' || (u(i, 'sector') * 10)::BIGINT % 10
    || pick(i, 'unit1', ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z'])
    || pick(i, 'unit2', ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z'])`,
} as const
