/** The error of a law's check that has nothing to check: neither kept nor broken. */
import * as Schema from "effect/Schema"

/** A law that does not apply to something. It must not count as one that holds. */
export class LawSkipped extends Schema.TaggedError<LawSkipped>()("LawSkipped", {
  /** Such as `microbatches`. */
  law: Schema.String,
  /** The subject that was tested. */
  subject: Schema.String,
  /** Why it does not apply, and what to give so that it does. */
  reason: Schema.String
}) {
  override get message() {
    return `The law "${this.law}" does not apply to ${this.subject}: ${this.reason}.`
  }
}
