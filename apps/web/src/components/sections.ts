// The pages beside projects that the server offers this person, for the person's menu and for find.
import type { Me } from "./me.ts"

export interface Section {
  label: string
  to: string
}

export function listSections(me: Me): Section[] {
  const can = me.actions
  return [
    { label: "Home", to: "/home" },
    { label: "Projects", to: "/projects" },
    ...(can.queueView.allowed ? [{ label: "Queue", to: "/queue" }] : []),
    ...(me.appointments.some((each) => each.scope === "data_set")
      ? [{ label: "Applications", to: "/applications" }]
      : []),
    ...(can.dataManage.allowed ||
    can.logView.allowed ||
    me.appointments.some((each) => each.scope === "data_set")
      ? [{ label: "Data sets", to: "/data-sets" }]
      : []),
    ...(can.logView.allowed ? [{ label: "Log", to: "/audit" }] : []),
    { label: "Roles", to: "/roles" },
    { label: "Holds", to: "/holds" },
    ...(can.platformView.allowed ? [{ label: "Platform", to: "/platform" }] : []),
    { label: "Public register", to: "/register" },
    { label: "Public log", to: "/log" },
  ]
}
