/** What stands for `NativeCompiler.ts` in bundles for browsers, where nobody asks for native code. */
export const find = undefined
