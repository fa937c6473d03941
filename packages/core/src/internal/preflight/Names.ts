/**
 * Names that others chose (of callbacks, slots, monitors, models), made safe to be joined: the characters that separate
 * parts are written as `%2F`, so that what was joined is split where it was joined. Names without them don't change.
 */

const hex = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`

/** The name with `%` and each of these ASCII characters as `%` and two hexadecimal digits. */
export const escape = (name: string, separators: string): string => {
  let escaped = ""
  for (const character of name) {
    escaped += character === "%" || separators.includes(character) ? hex(character) : character
  }
  return escaped
}

/** The inverse of {@link escape}. */
export const unescape = (escaped: string): string =>
  escaped.replace(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

/** `owner/path`, or the owner alone where the path is empty. */
export const join = (owner: string, path: string): string =>
  path === "" ? escape(owner, "/") : `${escape(owner, "/")}/${path}`

/** The inverse of {@link join}. */
export const split = (joined: string): readonly [owner: string, path: string] => {
  const slash = joined.indexOf("/")
  return slash === -1 ? [unescape(joined), ""] : [unescape(joined.slice(0, slash)), joined.slice(slash + 1)]
}
