// What this place is, in five sentences and live figures from the register.
import { Button } from "@mantine/core"
import { Link } from "react-router"
import { useRead } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import { useTitle } from "../../components/page.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatCount } from "../../util/format.ts"
import { Figures } from "./figures.tsx"

export function Landing() {
  useTitle("Sealed rooms, see-through walls")
  const figures = useRead("landingGet", {}, { every: 30_000 })
  return (
    <>
      <div className="landing-hero">
        <h1 tabIndex={-1}>Sealed rooms, see-through walls</h1>
        <p className="lead">
          Approved researchers study linked health records here, and nobody's record leaves. They work in
          sealed notebooks that have no network. Names, addresses and dates of birth are taken out before they
          begin. Every table and figure is checked by two people before it may go. Everything that happens is
          written first into a log that we cannot change unseen, and that you can check yourself.
        </p>
        <p style={{ display: "flex", flexWrap: "wrap", gap: 12, marginTop: 20 }}>
          <Button component={Link} to="/register" variant="filled" className="large-button">
            Who uses the data, and why
          </Button>
          <Button component={Link} to="/log" className="large-button">
            Check the log
          </Button>
        </p>
      </div>
      <section>
        <div className="section-head">
          <h2>Now</h2>
          <span className="meta">From the register and the log</span>
        </div>
        {figures.error && !figures.data ? (
          <Fault error={figures.error} onRetry={() => void figures.refetch()} />
        ) : figures.data ? (
          <Figures
            figures={[
              [formatCount(figures.data.projects), figures.data.projects === 1 ? "project" : "projects"],
              [formatCount(figures.data.organisations), "organisations that use data"],
              [formatCount(figures.data.dataSets), "data sets"],
              [
                formatCount(figures.data.filesReleased),
                `files released, in ${formatCount(figures.data.releases)} releases`,
              ],
              [formatCount(figures.data.readsToday), "reads today, each in the log"],
              [formatCount(figures.data.refused), "attempts refused"],
            ]}
          />
        ) : (
          <LoadingRows />
        )}
      </section>
    </>
  )
}
