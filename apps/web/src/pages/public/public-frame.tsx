// Header and foot of the pages that are open to everyone. Signed-in people see the way back to the console.
import { useMediaQuery } from "@mantine/hooks"
import { Suspense } from "react"
import { Link, NavLink, Outlet, ScrollRestoration } from "react-router"
import { signIn } from "../../api/keycloak.ts"
import { useRead } from "../../api/queries.ts"
import { useSession } from "../../api/session.ts"
import { Mark } from "../../components/mark.tsx"
import { ThemeSwitch } from "../../components/theme-switch.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import "../../components/shell.css"
import "./public.css"

const links = [
  { to: "/register", label: "Register" },
  { to: "/log", label: "Log" },
  { to: "/how-it-works", label: "How it works" },
]

export function PublicFrame() {
  const session = useSession()
  const site = useRead("siteGet", {})
  const phone = useMediaQuery("(max-width: 719px)") ?? false
  return (
    <div className="public">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="public-header">
        <div>
          <Link to="/" className="home-link">
            <Mark size={20} />
            <span>Glasshouse</span>
          </Link>
          <nav aria-label="Public pages">
            {links.map((link) => (
              <NavLink key={link.to} to={link.to}>
                {link.label}
              </NavLink>
            ))}
          </nav>
          <div className="end">
            {site.data?.demo && !phone ? (
              <span className="site-name">Demonstration, with invented people</span>
            ) : null}
            <ThemeSwitch />
            {session === "in" ? (
              <Link to="/home">Open the console</Link>
            ) : (
              <button type="button" className="link-button" onClick={() => void signIn("/home")}>
                Sign in
              </button>
            )}
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="public-page" style={{ outline: 0 }}>
        <Suspense fallback={<LoadingRows />}>
          <Outlet />
        </Suspense>
      </main>
      <footer className="public-foot">
        <div className="public-page" style={{ paddingTop: 0, paddingBottom: 0 }}>
          Everything on these pages comes from a log that anyone can check. Nothing here names a patient or a
          researcher.
        </div>
      </footer>
      <ScrollRestoration />
    </div>
  )
}
