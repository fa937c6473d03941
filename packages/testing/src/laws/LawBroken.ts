/** The failure of a law's check. */
import * as Schema from "effect/Schema"

/** A law that does not hold for something. */
export class LawBroken extends Schema.TaggedError<LawBroken>()("LawBroken", {
  /** Such as `resume`. */
  law: Schema.String,
  /** The subject that was tested. */
  subject: Schema.String,
  /** The observation, and its place. */
  found: Schema.String,
  /** How to see it again. */
  reproduce: Schema.String
}) {
  override get message() {
    return `${this.subject} breaks the law "${this.law}": ${this.found}. To reproduce: ${this.reproduce}.`
  }
}
