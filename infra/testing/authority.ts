// A certificate authority made for one test, and a server certificate from it for all names of a site: the
// console, the sign-in and, by wildcard, every notebook.
import { writeFileSync } from "node:fs"
import path from "node:path"
import { run } from "../run.ts"

export interface Authority {
  /** what a client has to trust */
  ca: string
  certificate: string
  key: string
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

/** Writes ca.crt, tls.crt and tls.key into an existing directory; valid for two days. */
export async function makeAuthority(directory: string, host: string): Promise<Authority> {
  const openssl = (...args: string[]) => run("openssl", args, { cwd: directory })
  const names = `subjectAltName=DNS:${host},DNS:id.${host},DNS:*.ws.${host}\n`
  writeFileSync(path.join(directory, "names"), names)
  const own = ["-x509", ...NEW_KEY, "-days", "2", "-subj", "/CN=test authority"]
  await openssl("req", ...own, "-keyout", "ca.key", "-out", "ca.crt")
  await openssl("req", "-new", ...NEW_KEY, "-subj", `/CN=${host}`, "-keyout", "tls.key", "-out", "tls.csr")
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"]
  await openssl("x509", "-req", "-in", "tls.csr", ...signed, "-out", "tls.crt")
  const at = (name: string) => path.join(directory, name)
  return { ca: at("ca.crt"), certificate: at("tls.crt"), key: at("tls.key") }
}
