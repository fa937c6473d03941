/** Replaces `NativeCompiler.ts` in bundles for browsers, where native code is never requested. */
export const find = undefined
