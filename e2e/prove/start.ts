// Two commands from nothing, proved on a fresh machine that nobody else works on: everything is built there,
// so it takes a while (half an hour on two cores). Then what goes wrong with an engine, a port, an interrupted
// start, and what stop and reset promise. With --rounds only what needs no machine of its own.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { root } from "../../infra/launch.js"
import { run as runHere, tryRun, type Finished } from "../../infra/run.ts"
import { formatSeconds } from "../../infra/steps.ts"
import { Machine } from "../../infra/testing/machine.ts"
import { Findings, type Stack, type Tally } from "../support/battery.ts"

export const description = "from nothing on a fresh machine, a dead engine, a taken port, stop and reset"

const HERE = "/srv/glasshouse"
const STATE = "/var/lib/glasshouse/main"
const LIMITS = { nothing: 35 * 60, again: 60 }

interface Timed extends Finished {
  seconds: number
}

async function npm(machine: Machine, command: string, print: (line: string) => void): Promise<Timed> {
  const began = performance.now()
  const done = await machine.run(`cd ${HERE} && npm ${command} 2>&1`, (line) => {
    if (/^ {2}[✓✗]|^ {6}\S/.test(line)) print(line)
  })
  const seconds = (performance.now() - began) / 1000
  print(`  npm ${command}: ${done.code} after ${formatSeconds(seconds * 1000)}`)
  return { ...done, seconds }
}

/** The console as a browser on that machine would reach it. */
async function answers(machine: Machine): Promise<boolean> {
  const ask =
    "curl -s -o /dev/null -w '%{http_code}' -H 'Host: glasshouse.localhost:8080' http://127.0.0.1:8080/api/health/ready"
  return (await machine.run(ask)).stdout.trim() === "200"
}

const containers = async (machine: Machine) =>
  (await machine.run("docker ps --no-trunc --format '{{.ID}}' --filter label=glasshouse.installation | sort"))
    .stdout

/** Kills the engine as a crash would: its socket and its number stay behind. */
const KILL_ENGINE =
  "kill -9 $(cat /var/run/docker.pid); while kill -0 $(cat /var/run/docker.pid) 2>/dev/null; do sleep 0.1; done"

/** Commands that must refuse beside a running installation, and leave it alone. */
async function refusals({ installation, print }: Stack, findings: Findings): Promise<void> {
  const parent = mkdtempSync("/var/tmp/gh-refused-")
  const { name, site, project } = installation
  const ask = (command: string, settings: Record<string, string>) => {
    const given = { PATH: process.env["PATH"] ?? "", HOME: "/root", GLASSHOUSE_STATE: parent, ...settings }
    const variables = Object.entries(given).map(([key, value]) => `${key}=${value}`)
    return tryRun("env", ["-i", ...variables, process.execPath, `infra/commands/${command}.ts`], {
      cwd: root,
    })
  }
  const expect = async (
    what: string,
    code: number,
    said: RegExp,
    command: string,
    settings: Record<string, string>,
  ) => {
    const done = await ask(command, settings)
    const text = `${done.stdout}${done.stderr}`
    findings.check(done.code === code && said.test(text), `${what}: ${done.code} ${text.slice(-400)}`)
    print(`  ${what}`)
  }
  const before = await runHere("docker", [
    "ps",
    "-q",
    "--filter",
    `label=com.docker.compose.project=${project}`,
  ])
  try {
    const port = `http://glasshouse.localhost:${site.port}`
    await expect("another state directory under a name in use", 1, /belong to the installation/, "start", {
      GLASSHOUSE_INSTALLATION: name,
      GLASSHOUSE_SITE: "http://glasshouse.localhost:18999",
    })
    await expect("a port in use, and by whom", 1, new RegExp(`in use by the container ${project}`), "start", {
      GLASSHOUSE_INSTALLATION: "refused",
      GLASSHOUSE_SITE: port,
    })
    await expect("a setting with a slip", 1, /There is no setting GLASSHOUSE_SITTE/, "start", {
      GLASSHOUSE_SITTE: port,
    })
    await expect("an engine elsewhere", 1, /not to a socket of this machine/, "start", {
      DOCKER_HOST: "tcp://192.0.2.9:2375",
    })
    await expect("a dead engine that is not ours to start", 1, /does not answer/, "start", {
      DOCKER_HOST: "unix:///nowhere.sock",
    })
    await expect("https without a certificate", 1, /GLASSHOUSE_TLS_CERT/, "start", {
      GLASSHOUSE_SITE: "https://a.example",
    })
    await expect("stopping what is not there", 0, /There is no installation/, "stop", {
      GLASSHOUSE_INSTALLATION: "none",
    })
    await expect("resetting without anybody to ask", 1, /Nothing was deleted/, "reset", {
      GLASSHOUSE_INSTALLATION: name,
      GLASSHOUSE_STATE: path.dirname(installation.state),
    })
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
  const after = await runHere("docker", [
    "ps",
    "-q",
    "--filter",
    `label=com.docker.compose.project=${project}`,
  ])
  findings.check(before === after, "the running installation was left alone")
}

export async function run(stack: Stack): Promise<Tally> {
  const { print } = stack
  const findings = new Findings(print)
  await refusals(stack, findings)
  if (stack.rounds !== undefined) return findings.tally()
  const sources = await runHere("git", ["ls-files", "-z"], { cwd: root })
  await using machine = await Machine.make(print)
  await runHere("mkdir", ["-p", machine.path(HERE)])
  await runHere("tar", ["-C", root, "--null", "-T", "-", "-cf", machine.path("/srv/sources.tar")], {
    input: sources,
  })
  await runHere("tar", ["-C", machine.path(HERE), "-xf", machine.path("/srv/sources.tar")])

  const first = await npm(machine, "start", print)
  if (!findings.check(first.code === 0, `npm start from nothing: ${first.stdout.slice(-1500)}`))
    return findings.tally()
  findings.check(first.seconds < LIMITS.nothing, `from nothing took ${first.seconds.toFixed(0)} s`)
  findings.check(/priya +\S{16}/.test(first.stdout), "the demo accounts are printed")
  findings.check(await answers(machine), "the console answers")

  const before = await containers(machine)
  const second = await npm(machine, "start", print)
  findings.check(
    second.code === 0 && second.seconds < LIMITS.again,
    `second start: ${second.seconds.toFixed(0)} s`,
  )
  findings.check((await containers(machine)) === before, "a second start replaces no container")

  await machine.run(KILL_ENGINE)
  const repaired = await npm(machine, "start", print)
  findings.check(repaired.code === 0 && (await answers(machine)), "a dead engine is started again")
  findings.check((await containers(machine)) === before, "no container was lost with the engine")

  await machine.run(
    `${KILL_ENGINE}; kill -9 $(cat /run/docker/containerd/containerd.pid); echo 1 > /var/run/docker.pid; echo 1 > /run/docker/containerd/containerd.pid`,
  )
  const renumbered = await npm(machine, "start", print)
  findings.check(
    renumbered.code === 0 && (await answers(machine)),
    "numbers that belong to other programs now do not matter",
  )

  findings.check((await npm(machine, "stop", print)).code === 0, "npm stop")
  findings.check((await containers(machine)) === "", "npm stop leaves nothing running")
  findings.check(
    !readFileSync("/proc/self/mountinfo", "utf8").includes(machine.path(STATE)),
    "nothing of it is mounted here",
  )
  const log = (await machine.run(`find ${STATE}/published -type f | sort | xargs sha256sum`)).stdout
  findings.check(log.length > 0, "the published log is still there")

  await machine.run(
    'cd / && setsid node -e \'require("http").createServer().listen(8080, "127.0.0.1")\' >/dev/null 2>&1 & sleep 2',
  )
  const taken = await npm(machine, "start", print)
  findings.check(
    taken.code === 1 && /8080 is in use by node \(process \d+\)/.test(taken.stdout),
    "a taken port is said, and by whom",
  )
  findings.check(taken.seconds < 60, `and soon: ${taken.seconds.toFixed(0)} s`)
  await machine.run("pkill -f createServer")

  // Cut in the middle of making containers, then again.
  const cut = machine.run(`cd ${HERE} && exec setsid npm start >/dev/null 2>&1`)
  await machine.run(
    `for i in $(seq 600); do pgrep -f -- '--no-build' >/dev/null && break; sleep 0.1; done; pkill -9 -f -- '--no-build'; pkill -9 -f infra/`,
  )
  await cut
  const resumed = await npm(machine, "start", print)
  findings.check(resumed.code === 0 && (await answers(machine)), "a start that was cut goes on")
  const after = (await machine.run(`cd ${STATE}/published && find . -type f | wc -l`)).stdout
  findings.check(Number(after) >= log.trim().split("\n").length, "nothing published is gone")

  const unasked = await npm(machine, "run reset", print)
  findings.check(
    unasked.code === 1 && existsSync(machine.path(STATE)),
    "reset asks, and does nothing when nobody answers",
  )
  const reset = await npm(machine, "run reset -- --yes", print)
  findings.check(
    reset.code === 0 && globSync(machine.path(`${STATE}*`)).length === 0,
    "reset removes the installation",
  )
  findings.check((await containers(machine)) === "", "and its containers")
  const networks = await machine.run("docker network ls -q --filter label=glasshouse.installation")
  findings.check(networks.stdout === "", "and its networks")
  return findings.tally()
}
