// Sets the colour scheme before the first paint; the console's own script takes over afterwards.
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem("glasshouse-colour-scheme")
  } catch {
    // storage is blocked: the system's choice stands
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light")
})()
