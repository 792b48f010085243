import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core"
import { IconContrast } from "@tabler/icons-react"

export function ThemeSwitch() {
  const shown = useComputedColorScheme("light")
  const { setColorScheme } = useMantineColorScheme()
  const next = shown === "dark" ? "light" : "dark"
  return (
    <ActionIcon
      className="theme-switch"
      aria-label={`Use ${next} colours`}
      title={`Use ${next} colours`}
      onClick={() => setColorScheme(next)}
    >
      <IconContrast size={16} stroke={1.5} aria-hidden />
    </ActionIcon>
  )
}
