import "@mantine/core/styles.layer.css"
import "@fontsource-variable/inter/opsz.css"
import "@fontsource/ibm-plex-mono/400.css"
import "@fontsource/ibm-plex-mono/500.css"
import "@fontsource/ibm-plex-mono/600.css"
import "./theme/tokens.css"
import "./theme/base.css"
import "./theme/theme.css"
import "./ui/page.css"
import "./ui/ui.css"
import "./ui/table.css"
import { MantineProvider } from "@mantine/core"
import { QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { createBrowserRouter } from "react-router"
import { RouterProvider } from "react-router/dom"
import { queryClient } from "./api/queries.ts"
import { startSession } from "./api/session.ts"
import { routes } from "./routes.tsx"
import { colourSchemeManager, resolveVariables, theme } from "./theme/theme.ts"

const root = document.getElementById("root")
if (!root) throw new Error("index.html has no #root")

await startSession()

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      colorSchemeManager={colourSchemeManager}
      defaultColorScheme="auto"
      env="default"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={createBrowserRouter(routes)} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
