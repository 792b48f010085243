// Writes one picture anew, in the sandbox.
//
//   cli.ts KIND < PICTURE
//
// Standard output: one line of JSON {"renderer","left"}, then the bytes. Exit codes: 0 written, 3 cannot be
// written anew (standard output: one line of JSON {"reason"}), 2 wrong use.
import { readStandardInput } from "../command.ts"
import { isPictureKind, PictureError, rendererOf, renderPicture } from "./picture.ts"

const [kind = "", ...more] = process.argv.slice(2)
if (!isPictureKind(kind) || more.length > 0) {
  process.stderr.write("usage: cli.ts png|jpeg|svg < PICTURE\n")
  process.exitCode = 2
} else {
  try {
    const { bytes, left } = renderPicture(kind, readStandardInput())
    process.stdout.write(
      `${JSON.stringify({ renderer: rendererOf(kind), left: left.slice(0, 50).map((l) => l.slice(0, 100)) })}\n`,
    )
    process.stdout.write(bytes)
  } catch (error) {
    if (!(error instanceof PictureError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.stdout.write(`${JSON.stringify({ reason: error.reason })}\n`)
    process.exitCode = 3
  }
}
