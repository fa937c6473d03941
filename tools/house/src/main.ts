/** Prints what a reader of the loop has to hold. */
import { measure, text } from "./House.ts"

console.log(text(measure()))
