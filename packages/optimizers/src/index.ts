/** Optimizers, links of updates and schedules beyond those of core. */
export * as Links from "./Links.ts"
export * from "./Optimizers.ts"
export * from "./plugin.ts"
export * as RateFinder from "./RateFinder.ts"
export * as Schedules from "./Schedules.ts"
