// The place in plain words, and how to check the log with tools that are not ours.
import { useEffect } from "react"
import { useLocation } from "react-router"
import { useTitle } from "../../components/page.tsx"

export function HowItWorks() {
  useTitle("How it works")
  const { hash } = useLocation()
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView()
  }, [hash])
  return (
    <>
      <h1 tabIndex={-1}>How it works</h1>
      <p className="lead">
        Records go in, answers come out, and everything between is written down where anyone can check it.
      </p>
      <section>
        <h2>Four rooms</h2>
        <div className="prose">
          <p>
            <strong>The data room</strong> holds linked records without names, addresses or dates of birth. A
            person is a number that is different in every project, so records of two projects cannot be put
            together.
          </p>
          <p>
            <strong>The workspace</strong> is a notebook in a sealed room. It has no network: not to the
            internet, not to its neighbours. Data comes in through one door, and each reading is in the log
            before the first byte.
          </p>
          <p>
            <strong>The quarantine</strong> holds a frozen copy of whatever someone wants to take out.
            Machines check it for small numbers, names and numbers of people. Then two people look at it, each
            without seeing the other.
          </p>
          <p>
            <strong>Outside</strong> is only what both approved, exactly those bytes, once.
          </p>
        </div>
      </section>
      <section>
        <h2>What it cannot do</h2>
        <div className="prose">
          <p>
            A person who may read a number on a screen can write it on paper. What is shown is counted and
            limited, and people sign an agreement; no machine can prevent it.
          </p>
        </div>
      </section>
      <section id="check">
        <h2>Check it without trusting us</h2>
        <div className="prose">
          <p>
            The logs are in the open C2SP formats: tlog-tiles, checkpoints, signed notes and{" "}
            <code>.tlog-proof</code>. Any tool that reads them will do.
          </p>
          <ol>
            <li>
              Get <code>/log/</code> with <code>Accept: application/json</code>. It lists each log with its
              origin, its verifier key and where its files are. Keep the key; compare it the next time.
            </li>
            <li>
              Get <code>checkpoint</code> under the log's prefix. It is signed by that key, and by the
              witnesses that <code>/log/policy</code> names, if there are any: others who have seen that the
              log only grew.
            </li>
            <li>
              Get the tiles under <code>tile/</code> and compute the root. It must be the one in the
              checkpoint.
            </li>
            <li>
              A proof that you downloaded here leads from one entry to that root. It stays valid for ever,
              even without this site.
            </li>
          </ol>
        </div>
      </section>
    </>
  )
}
