/** Whether the real native library is set up in the user's cache; tests of it say so when they are left out. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as NativeInstaller from "../../src/NativeInstaller.ts"

export const installed = Option.getOrUndefined(await Effect.runPromise(NativeInstaller.find()))

export const isInstalled = installed !== undefined
if (!isInstalled) {
  console.warn("The native library is not set up here (`etude backend install`): its tests are left out.")
}
