// The one theme: Mantine's components speak the tokens of tokens.css. Components are restyled here and
// in theme.css only, so a colour or a height is changed in one place.
import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  localStorageColorSchemeManager,
} from "@mantine/core"

const glass: MantineColorsTuple = [
  "#e4f1ee",
  "#c9e4de",
  "#9fcdc3",
  "#8be3d1",
  "#5fd3bc",
  "#2f9d88",
  "#0b6e5e",
  "#085447",
  "#06211c",
  "#04150f",
]

const quiet = {
  background: "transparent",
  hover: "var(--hover)",
  color: "var(--text-2)",
  border: "1px solid transparent",
}

const buttonLooks: Record<string, { background: string; hover: string; color: string; border: string }> = {
  filled: {
    background: "var(--accent)",
    hover: "var(--accent-strong)",
    color: "var(--on-accent)",
    border: "1px solid transparent",
  },
  outline: {
    background: "var(--surface)",
    hover: "var(--hover)",
    color: "var(--accent)",
    border: "1px solid var(--accent)",
  },
  subtle: quiet,
  transparent: { ...quiet, hover: "transparent" },
}

export const theme = createTheme({
  primaryColor: "glass",
  colors: { glass },
  primaryShade: { light: 6, dark: 4 },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 4,
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "17px" },
  lineHeights: { xs: "16px", sm: "18px", md: "20px", lg: "22px", xl: "26px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "3px", md: "4px", lg: "4px", xl: "4px" },
  headings: { fontFamily: "var(--sans)", fontWeight: "600" },
  variantColorResolver: ({ variant }) =>
    buttonLooks[variant] ?? {
      background: "var(--surface)",
      hover: "var(--hover)",
      color: "var(--text)",
      border: "1px solid var(--control)",
    },
  components: {
    Button: { defaultProps: { size: "sm", variant: "default" } },
    ActionIcon: { defaultProps: { variant: "subtle", size: 32 } },
    TextInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 3 } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right", allowDeselect: false } },
    Modal: {
      defaultProps: {
        centered: true,
        transitionProps: { duration: 120, transition: "fade" },
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { "aria-label": "Close" },
        // a <header> outside <main> would be a second banner of the page
        attributes: { header: { role: "presentation" } },
      },
    },
    Drawer: {
      defaultProps: {
        position: "right",
        transitionProps: { duration: 150 },
        closeButtonProps: { "aria-label": "Close" },
        attributes: { header: { role: "presentation" } },
      },
    },
    Menu: { defaultProps: { shadow: "none", transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 0 } } },
  },
})

const shared = {
  "--mantine-color-body": "var(--page)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-placeholder": "var(--text-3)",
  "--mantine-color-error": "var(--red)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--control)",
  "--mantine-color-disabled": "var(--sunken)",
  "--mantine-color-disabled-color": "var(--text-3)",
  "--mantine-color-disabled-border": "var(--line-2)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-strong)",
  "--mantine-primary-color-light": "var(--accent-soft)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
  "--mantine-shadow-xs": "none",
  "--mantine-shadow-sm": "none",
  "--mantine-shadow-md": "var(--float)",
  "--mantine-shadow-lg": "var(--float)",
  "--mantine-shadow-xl": "var(--float)",
}

export const resolveVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })

export const colourSchemeManager = localStorageColorSchemeManager({ key: "glasshouse-colour-scheme" })
