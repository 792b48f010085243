// The only file that knows keycloak-js. Tokens stay in memory. Redirect addresses are exact in the realm
// (the site's root and the silent page), so the place to return to is kept in sessionStorage.
import Keycloak from "keycloak-js"

const RETURN_KEY = "glasshouse-return"

const identityUrl = `${location.protocol}//id.${location.host}`

const keycloak = new Keycloak({ url: identityUrl, realm: "glasshouse", clientId: "console" })

/** True when this load is the answer of the sign-in server, which carries a code that works once. */
export function isSignInAnswer(): boolean {
  const query = new URLSearchParams(location.search)
  return location.pathname === "/" && query.has("state") && (query.has("code") || query.has("error"))
}

let looking: Promise<boolean> | undefined

/** Finds out whether someone is signed in, without showing anything. Rejects when the sign-in server is away. */
export async function startSignIn(): Promise<boolean> {
  looking = keycloak.init({
    onLoad: "check-sso",
    pkceMethod: "S256",
    responseMode: "query",
    redirectUri: `${location.origin}/`,
    silentCheckSsoRedirectUri: `${location.origin}/silent-check-sso.html`,
    silentCheckSsoFallback: false,
    checkLoginIframe: false,
  })
  return await looking
}

/** A sign-in begun while the silent look is under way would lose its place at the server: both set one cookie. */
async function afterLooking(): Promise<void> {
  await looking?.catch(() => false)
}

function keepPlace(place: string): void {
  sessionStorage.setItem(RETURN_KEY, place)
}

/** Where the person was before the sign-in server; read once. Only a path of this site is believed. */
export function takePlace(): string | undefined {
  const place = sessionStorage.getItem(RETURN_KEY)
  sessionStorage.removeItem(RETURN_KEY)
  return place && /^\/(?![/\\])/.test(place) ? place : undefined
}

export async function signIn(place: string): Promise<void> {
  keepPlace(place)
  await afterLooking()
  await keycloak.login({ redirectUri: `${location.origin}/` })
}

/** Asks for the one-time code only, and comes back to `place`. */
export async function askForCode(place: string): Promise<void> {
  keepPlace(place)
  await keycloak.login({
    redirectUri: `${location.origin}/`,
    acr: { values: ["gh-fresh"], essential: true },
    acrValues: "gh-fresh",
  })
}

export async function signOut(): Promise<void> {
  await keycloak.logout({ redirectUri: `${location.origin}/` })
}

/** Whether the token in hand comes from a one-time code that was just given. The server decides; this only saves a call. */
export function codeIsFresh(): boolean {
  return keycloak.tokenParsed?.["acr"] === "gh-fresh"
}

/** A token that lives for at least 20 s more, or undefined when the sign-in has ended. */
export async function accessToken(): Promise<string | undefined> {
  if (!keycloak.authenticated) return undefined
  try {
    await keycloak.updateToken(20)
  } catch {
    // offline or ended: a token that still lives may be used, the server says what it is worth
    if (keycloak.isTokenExpired()) return undefined
  }
  return keycloak.token
}
