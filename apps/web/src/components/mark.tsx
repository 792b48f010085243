/** The mark: a glasshouse seen from its gable end. */
export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="1.5"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M1.5 7.6 9 1.8l7.5 5.8V16.2h-15zM1.5 7.6h15M6.5 7.6v8.6M11.5 7.6v8.6" />
    </svg>
  )
}
