// Probes are product data: what each wall promises, how it is tried from inside, and what lets the same
// probe succeed when the wall is taken away. The agent runs the `start` ones in every fresh workspace;
// tests and self-proof run all of them, with the control on and off.
import { Type, type Static } from "typebox"
import { Compile } from "typebox/compile"
import type { ProbeResult } from "#protocol/agent.ts"
import { invalid } from "./errors.ts"

/** Controls that can be taken away one at a time, to see that the probe works. */
export const CONTROLS = [
  "network",
  "resolver",
  "seccomp",
  "masks",
  "capabilities",
  "privileges",
  "readonly",
  "limits",
  "user",
  "mount-flags",
  "engine-socket",
  "pid",
  "ipc",
  "cgroup",
  "host-network",
  /** no list of calls, all capabilities, root, the machine's devices and settings */
  "everything",
] as const
export type Control = (typeof CONTROLS)[number]

export const Probe = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
    /** the promise, as a sentence for people */
    guarantee: Type.String(),
    /** what keeps the promise */
    control: Type.String(),
    /** which control is taken away to see the probe succeed */
    off: Type.Enum([...CONTROLS]),
    /** how it is seen to work then: something arrives at a listener outside, or the call is allowed inside */
    seen: Type.Enum(["outside", "inside"]),
    /** whether the agent runs it before it lets anybody in; all others belong to the long battery */
    start: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type Probe = Static<typeof Probe>

const ProbeFile = Type.Object(
  { version: Type.Integer(), probes: Type.Array(Probe, { minItems: 1 }) },
  { additionalProperties: false },
)
const probeFile = Compile(ProbeFile)

export type ProbeSet = {
  readonly probes: readonly Probe[]
  /** Python source that runs inside the workspace: `python3 -I -c program id…` prints one JSON array */
  readonly program: string
  /** the same for all probes, the long battery's included; takes the targets as one more argument, in JSON */
  readonly battery: string
}

const PRINT = "\nprint(json.dumps(list(pick())))\n"

/** `start` and `battery` are the two parts of the program as they lie in src/probes. */
export function parseProbes(file: unknown, start: string, battery: string): ProbeSet {
  if (!probeFile.Check(file)) {
    const [first] = probeFile.Errors(file)
    throw invalid(
      "invalid_probes",
      `The probes are wrong at ${first?.instancePath ?? "/"}: ${first?.message ?? "?"}.`,
    )
  }
  return { probes: file.probes, program: start + PRINT, battery: `${start}\n${battery}${PRINT}` }
}

const Printed = Compile(
  Type.Array(Type.Object({ id: Type.String(), held: Type.Boolean(), detail: Type.String() })),
)

/**
 * What a probe run printed, as one result per probe that was asked for. A missing, doubled or unreadable
 * answer is a wall that did not hold: nothing that runs inside is believed to be right by default.
 */
export function readProbeOutput(asked: readonly string[], stdout: string): ProbeResult[] {
  const printed = parseJson(stdout)
  return asked.map((id) => {
    const answers = Printed.Check(printed) ? printed.filter((result) => result.id === id) : []
    const [answer] = answers
    if (answer === undefined || answers.length !== 1)
      return { id, held: false, detail: "the probe gave no answer" }
    return { id, held: answer.held, detail: answer.detail.slice(0, 300) }
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
