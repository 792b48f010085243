// Custody, as the control plane may use it: project numbers and ranges, destruction of a project's map.
import { NeighbourRefused, openSocketClient } from "./http-socket.ts"

export interface PersonRange {
  readonly from: number
  readonly to: number
}

export interface CustodyDriver extends AsyncDisposable {
  openProject(project: string): Promise<void>
  /** undefined while the project has no number yet */
  projectRange(project: string): Promise<PersonRange | undefined>
  destroyMap(project: string): Promise<void>
  ready(): Promise<boolean>
}

export function openCustody(socketPath: string, token: string): CustodyDriver {
  const client = openSocketClient(socketPath, { authorization: `Bearer ${token}` })
  return {
    openProject: (project) => client.call({ method: "PUT", path: `/v1/projects/${project}` }),
    projectRange: async (project) => {
      try {
        return await client.call<PersonRange>({ method: "GET", path: `/v1/projects/${project}/range` })
      } catch (error) {
        if (error instanceof NeighbourRefused && error.status === 404) return undefined
        throw error
      }
    },
    destroyMap: (project) => client.call({ method: "DELETE", path: `/v1/projects/${project}/map` }),
    ready: async () =>
      (await client.call<{ ready?: boolean }>({ method: "GET", path: "/v1/health", milliseconds: 2_000 }))
        .ready === true,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}
