/**
 * How long the synchronous loop runs before it lets other fibers, timers and signals have their turn. It decides when
 * that happens and nothing else: what a run does depends on positions only.
 */
export const sliceMilliseconds = 8
