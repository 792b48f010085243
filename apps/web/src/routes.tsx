// Every address of the console. Pages are loaded when they are first visited. `/workspaces/:id` is a document
// of its own (its frame-src names one notebook host), so links to it and out of it load the page anew.
import type { RouteObject } from "react-router"
import { RouteFault } from "./components/route-fault.tsx"
import { Shell, Waiting } from "./components/shell.tsx"

const errorElement = <RouteFault />

export const routes: RouteObject[] = [
  {
    errorElement,
    HydrateFallback: Waiting,
    children: [
      {
        path: "/",
        lazy: async () => ({ Component: (await import("./pages/public/public-frame.tsx")).PublicFrame }),
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import("./pages/public/landing.tsx")).Landing }),
          },
        ],
      },
      {
        element: <Shell />,
        children: [
          {
            errorElement,
            children: [
              { path: "home", lazy: async () => ({ Component: (await import("./pages/home.tsx")).Home }) },
              {
                path: "projects",
                lazy: async () => ({ Component: (await import("./pages/projects/projects.tsx")).Projects }),
              },
              {
                path: "projects/:project",
                lazy: async () => ({ Component: (await import("./pages/projects/project.tsx")).Project }),
              },
              {
                path: "projects/:project/workspace",
                lazy: async () => ({
                  Component: (await import("./pages/projects/workspace-room.tsx")).WorkspaceRoom,
                }),
              },
              {
                path: "projects/:project/requests",
                lazy: async () => ({ Component: (await import("./pages/projects/requests.tsx")).Requests }),
              },
              {
                path: "requests/:request",
                lazy: async () => ({ Component: (await import("./pages/requests/request.tsx")).Request }),
              },
              {
                path: "requests/:request/edit",
                lazy: async () => ({
                  Component: (await import("./pages/requests/edit-request.tsx")).EditRequest,
                }),
              },
              {
                path: "queue",
                lazy: async () => ({ Component: (await import("./pages/checker/queue.tsx")).Queue }),
              },
              {
                path: "queue/:request",
                lazy: async () => ({ Component: (await import("./pages/checker/desk.tsx")).Desk }),
              },
              {
                path: "audit",
                lazy: async () => ({ Component: (await import("./pages/log/log-search.tsx")).LogSearch }),
              },
              { path: "*", lazy: async () => ({ Component: (await import("./pages/nowhere.tsx")).Nowhere }) },
            ],
          },
        ],
      },
      {
        path: "workspaces/:workspace",
        lazy: async () => ({ Component: (await import("./pages/workspace/workspace.tsx")).Workspace }),
      },
    ],
  },
]
