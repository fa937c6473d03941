import type { Plan } from "./Plan.ts"
export const fuse = (plan: Plan): Plan => plan
