// The frame of every page for people who are signed in: header, connection, notices, idle sign-out, and what
// waited for a one-time code.
import { Button } from "@mantine/core"
import { useMediaQuery } from "@mantine/hooks"
import { useQueryClient } from "@tanstack/react-query"
import { IconPlugConnectedX } from "@tabler/icons-react"
import { Suspense, useEffect, type ReactNode } from "react"
import { Outlet, ScrollRestoration, useLocation } from "react-router"
import { call } from "../api/client.ts"
import { useEvents, useLine } from "../api/events.ts"
import { codeIsFresh, signIn } from "../api/keycloak.ts"
import { refetchOperations } from "../api/queries.ts"
import { useSession } from "../api/session.ts"
import { takePending } from "../api/step-up.ts"
import { setSiteZone } from "../util/format.ts"
import { LoadingRows } from "../ui/notes.tsx"
import { PageFault } from "./fault.tsx"
import { Find } from "./find.tsx"
import { Header } from "./header.tsx"
import { IdleGuard } from "./idle.tsx"
import { Mark } from "./mark.tsx"
import { useMe } from "./me.ts"
import { Said, say, sayError } from "./said.tsx"
import { TermsGate } from "./terms-gate.tsx"
import "./shell.css"

export function Shell() {
  const session = useSession()
  if (session !== "in" && session !== "checking") return <SignInPage session={session} />
  return <SignedIn ready={session === "in"} />
}

function SignedIn({ ready }: { ready: boolean }) {
  const client = useQueryClient()
  const me = useMe()
  const phone = useMediaQuery("(max-width: 719px)") ?? false
  useEvents(client, ready && me.data !== undefined)
  usePending(ready && me.data !== undefined)
  const zone = me.data?.site.zone
  useEffect(() => {
    if (zone) setSiteZone(zone)
  }, [zone])
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Header me={me.data} phone={phone} />
      <LostBar />
      <main id="main" tabIndex={-1} style={{ outline: 0 }}>
        {me.error && !me.data ? (
          <PageFault error={me.error} onRetry={() => void me.refetch()} />
        ) : me.data ? (
          <TermsGate me={me.data}>
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          </TermsGate>
        ) : (
          <Waiting />
        )}
      </main>
      <Find me={me.data} />
      <Said />
      {me.data ? <IdleGuard idleSeconds={me.data.idleSeconds} /> : null}
      <ScrollRestoration />
    </>
  )
}

export function Waiting(): ReactNode {
  return (
    <div className="page">
      <LoadingRows />
    </div>
  )
}

/** Sends what waited for a one-time code, once, when the code was given. */
function usePending(ready: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!ready) return
    const pending = takePending(Date.now(), location.pathname + location.search + location.hash)
    if (!pending) return
    if (!codeIsFresh()) {
      say("The code was not given, so nothing was sent.")
      return
    }
    void (call as (id: string, input: unknown) => Promise<unknown>)(pending.id, pending.input).then(
      async () => {
        say(pending.said)
        await refetchOperations(client, pending.refetch)
      },
      (error: unknown) => sayError(error),
    )
  }, [ready, client])
}

export function LostBar() {
  const line = useLine()
  return (
    <div role="status">
      {line === "lost" ? (
        <div className="lost-bar">
          <IconPlugConnectedX size={16} stroke={1.5} aria-hidden />
          The connection is lost. What you see may be old; it is renewed as soon as the platform answers.
        </div>
      ) : null}
    </div>
  )
}

const signInWords = {
  out: {
    title: "Sign in to see this page",
    text: "You need your password and a one-time code. The register and the log are open to everyone.",
  },
  ended: {
    title: "You have been signed out",
    text: "Your session ended: it was idle, it was ended elsewhere, or a hold was placed. Files in your workspace are kept.",
  },
  away: {
    title: "The sign-in server cannot be reached",
    text: "Nothing is lost. Try again in a moment; if it stays, tell the people who run this place.",
  },
} as const

export function SignInPage({ session }: { session: "out" | "ended" | "away" }) {
  const words = signInWords[session]
  const { pathname, search, hash } = useLocation()
  useEffect(() => {
    document.title = `${words.title} · Glasshouse`
  }, [words.title])
  return (
    <main className="page narrow" style={{ paddingTop: 96 }}>
      <Mark size={28} />
      <h1 style={{ margin: "16px 0 6px" }}>{words.title}</h1>
      <p className="text-2" style={{ maxWidth: "60ch", marginBottom: 20 }}>
        {words.text}
      </p>
      <Button
        variant="filled"
        onClick={() => (session === "away" ? location.reload() : void signIn(pathname + search + hash))}
      >
        {session === "away" ? "Try again" : "Sign in"}
      </Button>
      <p style={{ marginTop: 24 }} className="small">
        <a href="/register">Register</a> · <a href="/log">Log</a>
      </p>
    </main>
  )
}
