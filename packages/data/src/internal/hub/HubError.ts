/** Why something of the hub can't be had. */
import * as Schema from "effect/Schema"

/**
 * `invalid`: options that can't be meant. `missing`: no such repository, revision or file. `unauthorized`: 401.
 * `forbidden`: 403. `limited`: 429, after all tries. `server`: 5xx, after all tries, or an answer that makes no sense.
 * `unreachable`: no connection. `incomplete`: fewer or more bytes than announced, after all tries. `checksum`: other bytes
 * than announced. `offline`: not in the cache, and the network is not to be used. `storage`: the cache can't be written.
 * `package`: the client is not installed.
 */
export const Reason = Schema.Literals([
  "invalid",
  "missing",
  "unauthorized",
  "forbidden",
  "limited",
  "server",
  "unreachable",
  "incomplete",
  "checksum",
  "offline",
  "storage",
  "package"
])
export type Reason = typeof Reason.Type

/** Something of the hub that can't be had: what, why, and what to do. No token is ever in it. */
export class HubError extends Schema.TaggedError<HubError>()("HubError", {
  reason: Reason,
  /** The repository, its revision and the file, or the option. */
  source: Schema.String,
  found: Schema.String,
  advice: Schema.String,
  status: Schema.optionalKey(Schema.Int),
  /** Seconds that the hub asks to wait. */
  retryAfterSeconds: Schema.optionalKey(Schema.Finite),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.source}: ${this.found}. ${this.advice}`
  }
}
