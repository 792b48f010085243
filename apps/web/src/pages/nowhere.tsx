import { NotFound } from "../components/fault.tsx"

export function Nowhere() {
  return <NotFound />
}
