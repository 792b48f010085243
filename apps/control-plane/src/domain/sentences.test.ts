// What an event reads like: English whoever reads it, the reader included.
import assert from "node:assert/strict"
import { test } from "node:test"
import { EVENTS, type EventCode } from "#contract/events.ts"
import { eventSentence, type Words } from "./sentences.ts"

const codes = Object.keys(EVENTS) as EventCode[]
/** Whatever an event is asked for is there. */
const facts = new Proxy({ role: "researcher", code: "idle" } as Record<string, string>, {
  get: (known, name: string) => known[name] ?? "7",
})

const say = (code: EventCode, words: Words) => eventSentence(code, words, facts)

test("whoever reads of themselves is addressed, and owns what is theirs", () => {
  for (const code of codes)
    for (const words of [
      { actor: "Priya Raman", you: true, subject: "you" },
      { actor: "Priya Raman", you: true },
      { actor: "The platform", you: false, subject: "you" },
    ])
      assert.doesNotMatch(say(code, words), /\byou's\b|\bof you\b|\byou was\b|undefined|^[a-z]/, code)
  const own = { actor: "The platform", you: false, subject: "you" }
  assert.equal(say("workspace.running", own), "Your workspace is running; its walls were probed")
  assert.equal(say("session.ended", own), "Your session ended (idle)")
})

test("another's is said to be theirs", () => {
  const theirs = { actor: "Amara Lindqvist", you: false, subject: "Priya Raman" }
  assert.equal(say("workspace.running", theirs), "Priya Raman's workspace is running; its walls were probed")
  assert.match(say("training.recorded", theirs), /^Amara Lindqvist recorded Priya Raman's training until/)
  for (const code of codes) assert.doesNotMatch(say(code, theirs), /undefined|\byour?\b/i, code)
})
