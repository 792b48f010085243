// Types of launch.js, which is JavaScript because it runs before anything can check or strip types.
export const root: string
export function pinnedNode(): string | undefined
export function modulesMatch(
  wanted: { packages: Record<string, unknown> },
  installed: { packages: Record<string, unknown> } | undefined,
): boolean
export function ensureModules(): void
export function handOver(script: string, args: string[]): void
