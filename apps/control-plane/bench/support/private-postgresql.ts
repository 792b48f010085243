// A PostgreSQL server for one benchmark: that of GLASSHOUSE_TEST_DATABASE_URL, or a container of our own
// image that is gone afterwards, data included. Never the running platform's.
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { Client } from "pg"

const run = promisify(execFile)

const START = `initdb --pgdata=/tmp/data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
echo "host all all all trust" >> /tmp/data/pg_hba.conf
exec postgres -D /tmp/data -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=200 \
  -c shared_buffers=128MB -c fsync=on -c synchronous_commit=on`

export interface PrivatePostgresql extends AsyncDisposable {
  /** As a superuser. */
  url: string
}

export async function startPrivatePostgresql(): Promise<PrivatePostgresql> {
  const given = process.env["GLASSHOUSE_TEST_DATABASE_URL"]
  if (given !== undefined) return { url: given, [Symbol.asyncDispose]: async () => {} }
  const image = await newestImage()
  const options = ["--detach", "--rm", "--publish", "127.0.0.1::5432", "--entrypoint", "sh"]
  const { stdout } = await run("docker", ["run", ...options, image, "-c", START])
  const container = stdout.trim()
  const stop = async (): Promise<void> => {
    await run("docker", ["rm", "--force", "--volumes", container])
  }
  try {
    const port = (await run("docker", ["port", container, "5432/tcp"])).stdout
      .trim()
      .split("\n")[0]
      ?.split(":")
      .at(-1)
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    await answers(url)
    return { url, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function newestImage(): Promise<string> {
  const { stdout } = await run("docker", [
    "image",
    "ls",
    "--format",
    "{{.Repository}}:{{.Tag}}",
    "glasshouse/postgresql",
  ])
  const [image] = stdout.trim().split("\n")
  if (!image)
    throw new Error(
      "there is no glasshouse/postgresql image yet: run npm start once, or set GLASSHOUSE_TEST_DATABASE_URL",
    )
  return image
}

async function answers(url: string): Promise<void> {
  const end = performance.now() + 60_000
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on("error", () => {})
    try {
      await client.connect()
      await client.query("select 1")
      return
    } catch (cause) {
      if (performance.now() > end) throw new Error("the private PostgreSQL does not answer", { cause })
      await new Promise((resolve) => {
        setTimeout(resolve, 200)
      })
    } finally {
      await client.end().catch(() => {})
    }
  }
}
