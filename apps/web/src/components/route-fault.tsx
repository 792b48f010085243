// A page that broke while it was drawn or could not be loaded. A console that was renewed on the server no
// longer has the old pages' files: then loading anew is the cure, and it is offered.
import { Button } from "@mantine/core"
import { useRouteError } from "react-router"

export function RouteFault() {
  const error = useRouteError()
  const renewed = error instanceof TypeError && /import|fetch/i.test(error.message)
  return (
    <main className="page narrow">
      <h1>{renewed ? "The console has been renewed" : "This page broke"}</h1>
      <p className="text-2" style={{ margin: "6px 0 16px", maxWidth: "60ch" }}>
        {renewed
          ? "This page belongs to an older version. Nothing that you sent is lost; load it again to go on."
          : "The mistake is in the console, not in what you did. Nothing was sent. Load the page again; if it stays, tell the people who run this place what you pressed."}
      </p>
      <Button variant="filled" onClick={() => location.reload()}>
        Load again
      </Button>
    </main>
  )
}
