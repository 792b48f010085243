// The Keycloak realm as code. Keycloak authenticates and grants nothing: no role of ours is in here. It is
// imported at the first start only; `reconcile.ts` keeps the addresses right afterwards.
import type { Installation, Site } from "../installation.ts"

export const REALM = "glasshouse"

export function issuerOf(site: Site): string {
  return `${site.identityOrigin}/realms/${REALM}`
}

/** The parts of the console client that follow the site's address. */
export function consoleAddresses(site: Site) {
  return {
    redirectUris: [`${site.origin}/`, `${site.origin}/silent-check-sso.html`],
    webOrigins: [site.origin],
    postLogout: `${site.origin}/`,
  }
}

interface Execution {
  authenticator?: string
  flowAlias?: string
  requirement: "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL"
  config?: string
}

function flow(alias: string, topLevel: boolean, executions: Execution[]) {
  return {
    alias,
    description: alias,
    providerId: "basic-flow",
    topLevel,
    builtIn: false,
    authenticationExecutions: executions.map((execution, index) => ({
      ...(execution.authenticator === undefined ? {} : { authenticator: execution.authenticator }),
      ...(execution.flowAlias === undefined ? {} : { flowAlias: execution.flowAlias }),
      ...(execution.config === undefined ? {} : { authenticatorConfig: execution.config }),
      authenticatorFlow: execution.flowAlias !== undefined,
      requirement: execution.requirement,
      priority: (index + 1) * 10,
      userSetupAllowed: false,
    })),
  }
}

// Password and code are both in level 1: a client that asks for no level still gets two factors. Level 2
// asks a fresh code inside a session, each time.
const FLOWS = [
  flow("glasshouse browser", true, [
    { authenticator: "auth-cookie", requirement: "ALTERNATIVE" },
    { flowAlias: "glasshouse forms", requirement: "ALTERNATIVE" },
  ]),
  flow("glasshouse forms", false, [
    { flowAlias: "glasshouse session", requirement: "CONDITIONAL" },
    { flowAlias: "glasshouse fresh", requirement: "CONDITIONAL" },
  ]),
  flow("glasshouse session", false, [
    {
      authenticator: "conditional-level-of-authentication",
      requirement: "REQUIRED",
      config: "level session",
    },
    { authenticator: "auth-username-password-form", requirement: "REQUIRED", config: "password" },
    { authenticator: "auth-otp-form", requirement: "REQUIRED", config: "code" },
  ]),
  flow("glasshouse fresh", false, [
    { authenticator: "conditional-level-of-authentication", requirement: "REQUIRED", config: "level fresh" },
    { authenticator: "auth-otp-form", requirement: "REQUIRED" },
  ]),
]

const SESSION_SECONDS = "36000"

const FLOW_CONFIGS = [
  { alias: "level session", config: { "loa-condition-level": "1", "loa-max-age": SESSION_SECONDS } },
  { alias: "level fresh", config: { "loa-condition-level": "2", "loa-max-age": "0" } },
  {
    alias: "password",
    config: { "default.reference.value": "pwd", "default.reference.maxAge": SESSION_SECONDS },
  },
  {
    alias: "code",
    config: { "default.reference.value": "otp", "default.reference.maxAge": SESSION_SECONDS },
  },
]

export interface RealmAccount {
  username: string
  name: string
  email: string
  /** the `sub` claim of its tokens */
  subject: string
  password: string
  /** Base32; without one the person chooses a password and enrols a code at the first sign-in */
  totp?: string
}

/** How the realm sends mail: through the installation's mail server or the site's relay. */
export function mailServer({ host, port, from }: Installation["mail"]) {
  return { host, port: String(port), from, fromDisplayName: "Glasshouse", auth: "false", ssl: "false" }
}

function credentialsOf({ password, totp }: RealmAccount) {
  if (totp === undefined) return [{ type: "password", value: password, temporary: true }]
  const code = { subType: "totp", period: 30, digits: 6, algorithm: "HmacSHA1", secretEncoding: "BASE32" }
  return [
    { type: "password", value: password },
    {
      type: "otp",
      userLabel: "demo",
      secretData: JSON.stringify({ value: totp }),
      credentialData: JSON.stringify(code),
    },
  ]
}

function accountOf(account: RealmAccount) {
  const [first = account.name, ...rest] = account.name.split(" ")
  return {
    id: account.subject,
    username: account.username,
    enabled: true,
    emailVerified: true,
    email: account.email,
    firstName: first,
    lastName: rest.join(" "),
    credentials: credentialsOf(account),
    requiredActions: account.totp === undefined ? ["UPDATE_PASSWORD", "CONFIGURE_TOTP"] : [],
  }
}

export function renderRealm(
  site: Site,
  clientSecret: string,
  accounts: readonly RealmAccount[],
  mail: Installation["mail"],
) {
  const addresses = consoleAddresses(site)
  return {
    realm: REALM,
    displayName: "Glasshouse",
    enabled: true,
    sslRequired: "external",
    registrationAllowed: false,
    resetPasswordAllowed: false,
    rememberMe: false,
    editUsernameAllowed: false,
    duplicateEmailsAllowed: false,
    loginWithEmailAllowed: false,
    defaultSignatureAlgorithm: "ES256",
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: 1800,
    ssoSessionMaxLifespan: 36_000,
    passwordPolicy: "length(12) and notUsername and passwordHistory(5)",
    bruteForceProtected: true,
    // Two wrong inputs within a second are a double click, not an attack.
    quickLoginCheckMilliSeconds: 200,
    failureFactor: 10,
    otpPolicyType: "totp",
    otpPolicyAlgorithm: "HmacSHA1",
    otpPolicyDigits: 6,
    otpPolicyPeriod: 30,
    otpPolicyLookAheadWindow: 1,
    otpPolicyCodeReusable: false,
    smtpServer: mailServer(mail),
    eventsEnabled: true,
    eventsExpiration: 2_592_000,
    eventsListeners: ["jboss-logging"],
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    attributes: { "acr.loa.map": JSON.stringify({ "gh-session": 1, "gh-fresh": 2 }) },
    browserFlow: "glasshouse browser",
    authenticationFlows: FLOWS,
    authenticatorConfig: FLOW_CONFIGS,
    clients: [
      {
        clientId: "console",
        name: "Glasshouse",
        enabled: true,
        publicClient: true,
        standardFlowEnabled: true,
        implicitFlowEnabled: false,
        directAccessGrantsEnabled: false,
        serviceAccountsEnabled: false,
        fullScopeAllowed: false,
        redirectUris: addresses.redirectUris,
        webOrigins: addresses.webOrigins,
        attributes: {
          "pkce.code.challenge.method": "S256",
          "post.logout.redirect.uris": addresses.postLogout,
        },
        protocolMappers: [
          {
            name: "audience",
            protocol: "openid-connect",
            protocolMapper: "oidc-audience-mapper",
            config: {
              "included.custom.audience": "glasshouse-api",
              "access.token.claim": "true",
              "id.token.claim": "false",
            },
          },
          {
            name: "amr",
            protocol: "openid-connect",
            protocolMapper: "oidc-amr-mapper",
            config: { "access.token.claim": "true", "id.token.claim": "true" },
          },
        ],
      },
      {
        clientId: "control-plane",
        name: "control plane",
        enabled: true,
        publicClient: false,
        clientAuthenticatorType: "client-secret",
        secret: clientSecret,
        standardFlowEnabled: false,
        implicitFlowEnabled: false,
        directAccessGrantsEnabled: false,
        serviceAccountsEnabled: true,
        redirectUris: [],
        webOrigins: [],
      },
    ],
    users: [
      ...accounts.map(accountOf),
      {
        username: "service-account-control-plane",
        enabled: true,
        serviceAccountClientId: "control-plane",
        clientRoles: { "realm-management": ["view-events", "view-users", "manage-users"] },
      },
    ],
  }
}
