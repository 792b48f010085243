// Command line of the engine. Reads files or a tar, prints one JSON document or lines for people.
// Exit codes: 0 nothing violated and all verifiable, 1 something violated, 3 nothing violated but something
// not verifiable, 2 wrong use or unreadable input.
//
//   cli.ts [--policy NAME] [--supporting FILE]… [--previous DIR] [--evidence FILE] [--ids BASE]
//          [--ledger DIR] [--policies DIR] [--threshold N] [--rounding N] [--json] FILE…
//   cli.ts --tar [--policy NAME] [--ids BASE] [--policies DIR] [--threshold N] [--rounding N] [--json] < TAR
//
// Threshold and rounding are an agreement's own numbers; they can only make the policy stricter.
//
// Entries of the tar: `output/<path>` is checked, `supporting/<path>` supports, `previous/<release>/<path>`
// is an earlier release of the project, `ledger/<release>/<path>` a release of another project on the same
// people (findings from it are for checkers), `evidence.json` is evidence. Anything else is wrong use.
import { readStandardInput, runCommand } from "./command.ts"

const { code, out, err } = await runCommand(process.argv.slice(2), readStandardInput)
process.stdout.write(out)
process.stderr.write(err)
process.exitCode = code
