/** The few control sequences that are used (ECMA-48, and DEC's for the cursor). */
export const eraseToEnd = "\u001b[K"
export const hideCursor = "\u001b[?25l"
export const showCursor = "\u001b[?25h"
