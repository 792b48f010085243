// Sets the colour scheme before the first paint; the console's own script takes over afterwards.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem("glasshouse-colour-scheme")
  } catch {
    // storage is blocked: the system's choice stands
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light")
})()
