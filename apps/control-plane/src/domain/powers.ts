// Every power there is: on what, and in which groups the access policies may name it. A power that
// reveals that a thing exists is named in `reveals`: without it the thing is "not found".

export const RESOURCES = [
  "Installation",
  "Project",
  "Workspace",
  "Request",
  "Release",
  "DataSet",
  "Hold",
  "Appointment",
  "Agreement",
] as const
export type ResourceKind = (typeof RESOURCES)[number]

/**
 * use: needs agreement, membership, training and terms in order. decide: lets something out or in.
 * change: alters who may do what. look: reads states. stop: makes things safer and is never held up.
 */
export type Group = "use" | "decide" | "change" | "look" | "stop"

export interface Power {
  readonly on: ResourceKind
  readonly group: Group
}

export const POWERS = {
  "platform.view": { on: "Installation", group: "look" },
  "people.view": { on: "Installation", group: "look" },
  "person.remove": { on: "Installation", group: "stop" },
  "appointment.view": { on: "Installation", group: "look" },
  "appointment.propose": { on: "Installation", group: "change" },
  "appointment.confirm": { on: "Appointment", group: "change" },
  "appointment.end": { on: "Appointment", group: "stop" },
  "log.search": { on: "Installation", group: "look" },
  "log.export": { on: "Installation", group: "look" },
  "queue.view": { on: "Installation", group: "look" },
  "hold.view": { on: "Installation", group: "look" },
  "hold.place": { on: "Installation", group: "stop" },
  "hold.proposeLift": { on: "Hold", group: "change" },
  "hold.confirmLift": { on: "Hold", group: "change" },
  "dataSet.list": { on: "Installation", group: "look" },
  "dataSet.view": { on: "DataSet", group: "look" },
  "dataSet.refresh": { on: "DataSet", group: "change" },
  "dataSet.log": { on: "DataSet", group: "look" },
  "project.view": { on: "Project", group: "look" },
  "project.activity": { on: "Project", group: "look" },
  "project.use": { on: "Project", group: "look" },
  "member.invite": { on: "Project", group: "change" },
  "member.renew": { on: "Project", group: "change" },
  "member.remove": { on: "Project", group: "stop" },
  "training.record": { on: "Project", group: "change" },
  "agreement.view": { on: "Project", group: "look" },
  "agreement.propose": { on: "Project", group: "change" },
  "agreement.decide": { on: "Agreement", group: "decide" },
  "agreement.sign": { on: "Project", group: "look" },
  "catalogue.view": { on: "Project", group: "look" },
  "extract.refresh": { on: "Project", group: "change" },
  "data.read": { on: "Project", group: "use" },
  "workspace.open": { on: "Project", group: "use" },
  "workspace.view": { on: "Workspace", group: "look" },
  "workspace.enter": { on: "Workspace", group: "use" },
  "workspace.stop": { on: "Workspace", group: "stop" },
  "workspace.delete": { on: "Workspace", group: "change" },
  "request.create": { on: "Project", group: "use" },
  "request.view": { on: "Request", group: "look" },
  "request.edit": { on: "Request", group: "use" },
  "request.submit": { on: "Request", group: "use" },
  "request.withdraw": { on: "Request", group: "stop" },
  "request.comment": { on: "Request", group: "look" },
  /** sees what checkers see of a request: their findings, each other's comments and votes when open */
  "request.review": { on: "Request", group: "look" },
  "file.view": { on: "Request", group: "decide" },
  "file.vote": { on: "Request", group: "decide" },
  "review.submit": { on: "Request", group: "decide" },
  "request.return": { on: "Request", group: "decide" },
  "request.reject": { on: "Request", group: "decide" },
  "request.release": { on: "Request", group: "decide" },
  "release.view": { on: "Release", group: "look" },
  "release.download": { on: "Release", group: "use" },
  "release.revoke": { on: "Release", group: "stop" },
} as const satisfies Record<string, Power>

export type PowerName = keyof typeof POWERS

/** Who lacks this power may not know that the thing exists. */
export const REVEALS: Readonly<Record<ResourceKind, PowerName | null>> = {
  Installation: null,
  Project: "project.view",
  Workspace: "workspace.view",
  Request: "request.view",
  Release: "release.view",
  DataSet: "dataSet.view",
  Hold: "hold.view",
  Appointment: "appointment.view",
  Agreement: "agreement.view",
}
