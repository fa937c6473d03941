/** The error function: x times a polynomial in x² near 0, 1 − e^−p(|x|) further out, 1 from 4 on. */
import * as Build from "../code/Build.ts"
import * as Coefficients from "./Coefficients.ts"
import { exp } from "./Exponential.ts"
import { constant, isMore, magnitude, negative, polynomial, type Unary, withSign } from "./Terms.ts"

export const erf: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(Build.min(magnitude(kept), constant(4, x)))
  const square = block.keep(Build.mul(kept, kept))
  const near = Build.fma(kept, polynomial(Coefficients.erf, square), kept)
  const complement = exp(negative(polynomial(Coefficients.erfc, size)), block)
  const far = withSign(Build.sub(constant(1, x), complement), kept)
  return Build.select(isMore(size, 0.925), far, Build.select(Build.compare("eq", kept, constant(0, x)), kept, near))
}
