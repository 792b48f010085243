// Every address of the console. Pages are loaded when they are first visited. `/workspaces/:id` is a document
// of its own (its frame-src names one notebook host), so links to it and out of it load the page anew.
import { Outlet, type RouteObject } from "react-router"
import { useKeptFocus } from "./components/focus.ts"
import { RouteFault } from "./components/route-fault.tsx"
import { Shell, Waiting } from "./components/shell.tsx"

const errorElement = <RouteFault />

/** Around every page, public or not. */
function Root() {
  useKeptFocus()
  return <Outlet />
}

export const routes: RouteObject[] = [
  {
    element: <Root />,
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
          {
            path: "register",
            lazy: async () => ({ Component: (await import("./pages/public/register.tsx")).Register }),
          },
          {
            path: "register/:number",
            lazy: async () => ({
              Component: (await import("./pages/public/register-project.tsx")).RegisterProject,
            }),
          },
          {
            path: "log",
            lazy: async () => ({ Component: (await import("./pages/public/public-log.tsx")).PublicLog }),
          },
          {
            path: "how-it-works",
            lazy: async () => ({ Component: (await import("./pages/public/how-it-works.tsx")).HowItWorks }),
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
                path: "projects/:project/data",
                lazy: async () => ({ Component: (await import("./pages/projects/catalogue.tsx")).Catalogue }),
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
                path: "projects/:project/releases",
                lazy: async () => ({ Component: (await import("./pages/projects/releases.tsx")).Releases }),
              },
              {
                path: "projects/:project/people",
                lazy: async () => ({ Component: (await import("./pages/projects/people.tsx")).People }),
              },
              {
                path: "projects/:project/use",
                lazy: async () => ({ Component: (await import("./pages/projects/use.tsx")).Use }),
              },
              {
                path: "projects/:project/activity",
                lazy: async () => ({ Component: (await import("./pages/projects/activity.tsx")).Activity }),
              },
              {
                path: "projects/:project/agreement",
                lazy: async () => ({ Component: (await import("./pages/projects/agreement.tsx")).Agreement }),
              },
              {
                path: "projects/:project/agreement/:version",
                lazy: async () => ({ Component: (await import("./pages/projects/agreement.tsx")).Agreement }),
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
                path: "releases/:release",
                lazy: async () => ({ Component: (await import("./pages/requests/release.tsx")).Release }),
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
              {
                path: "data-sets",
                lazy: async () => ({ Component: (await import("./pages/data-sets/data-sets.tsx")).DataSets }),
              },
              {
                path: "data-sets/:dataSet",
                lazy: async () => ({ Component: (await import("./pages/data-sets/data-set.tsx")).DataSet }),
              },
              {
                path: "data-sets/:dataSet/submissions/:submission",
                lazy: async () => ({
                  Component: (await import("./pages/data-sets/submission.tsx")).Submission,
                }),
              },
              {
                path: "applications",
                lazy: async () => ({ Component: (await import("./pages/applications.tsx")).Applications }),
              },
              { path: "roles", lazy: async () => ({ Component: (await import("./pages/roles.tsx")).Roles }) },
              { path: "holds", lazy: async () => ({ Component: (await import("./pages/holds.tsx")).Holds }) },
              {
                path: "platform",
                lazy: async () => ({ Component: (await import("./pages/platform.tsx")).Platform }),
              },
              {
                path: "invitation",
                lazy: async () => ({ Component: (await import("./pages/invitation.tsx")).Invitation }),
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
