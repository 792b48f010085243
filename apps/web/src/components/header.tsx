import { Kbd, Menu } from "@mantine/core"
import { IconLogout, IconSearch } from "@tabler/icons-react"
import { Link } from "react-router"
import { leave } from "../api/session.ts"
import { call } from "../api/client.ts"
import { PersonBadge } from "../ui/person.tsx"
import { askFind } from "./find.tsx"
import { LogPulse } from "./log-pulse.tsx"
import { Mark } from "./mark.tsx"
import { describeRoles, type Me } from "./me.ts"
import { usePlace } from "./page.tsx"
import { listSections } from "./sections.ts"
import { ThemeSwitch } from "./theme-switch.tsx"

export function Header({ me, phone }: { me: Me | undefined; phone: boolean }) {
  const { crumbs, find } = usePlace()
  return (
    <header className="shell-header">
      <Link to="/home" className="home-link" aria-label="Glasshouse, home">
        <Mark size={20} />
        <span>Glasshouse</span>
      </Link>
      <nav className="where" aria-label="Where you are">
        <ol>
          {crumbs.map((crumb) => (
            <li key={crumb.label}>
              {crumb.to ? (
                <Link to={crumb.to}>{crumb.label}</Link>
              ) : (
                <span aria-current="page">{crumb.label}</span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {find ? (
        <button type="button" className="find-box" onClick={askFind} aria-keyshortcuts="Control+K">
          <IconSearch size={14} stroke={1.5} aria-hidden />
          <span>Find</span>
          <Kbd>Ctrl K</Kbd>
        </button>
      ) : null}
      <LogPulse short={phone} />
      <ThemeSwitch />
      <PersonMenu me={me} />
    </header>
  )
}

function PersonMenu({ me }: { me: Me | undefined }) {
  if (!me) return <span style={{ width: 28 }} />
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className="person-button">
          <PersonBadge name={me.person.name} you />
          <span className="who">
            <strong>{me.person.name}</strong>
            <span className="text-3">{describeRoles(me)}</span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.person.name}, {me.organisation.name}
        </Menu.Label>
        {listSections(me).map((section) => (
          <Menu.Item key={section.to} component={Link} to={section.to}>
            {section.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={askFind}>Find</Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={14} stroke={1.5} aria-hidden />}
          onClick={() => {
            void call("sessionEnd")
              .catch(() => undefined)
              .then(leave)
          }}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
