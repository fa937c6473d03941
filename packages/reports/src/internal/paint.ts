/** Colours by what they are for (ECMA-48). Lines are laid out first and painted last: paint takes no cell. */

const style = (begin: number, end: number) => (text: string) => `\u001b[${begin}m${text}\u001b[${end}m`

export type Paint = (text: string) => string

export const soft: Paint = style(2, 22)
export const good: Paint = style(32, 39)
export const warning: Paint = style(33, 39)
export const bad: Paint = style(31, 39)
