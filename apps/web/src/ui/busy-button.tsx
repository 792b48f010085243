// A button that says that something is under way and keeps the focus meanwhile: one that is disabled loses it,
// and with it a keyboard's place on the page.
import { Button, Loader, type ButtonProps } from "@mantine/core"
import type { ComponentPropsWithoutRef } from "react"

type BusyButtonProps = ButtonProps &
  Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps> & { busy: boolean }

export function BusyButton({ busy, onClick, leftSection, ...rest }: BusyButtonProps) {
  return (
    <Button
      {...rest}
      {...(busy ? { "aria-busy": true } : {})}
      leftSection={busy && leftSection ? <Loader size={14} color="currentColor" aria-hidden /> : leftSection}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    />
  )
}
