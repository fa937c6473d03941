/** Words of a command line as a person can copy them. */

/** A word as a shell takes it: in single quotes where it holds anything that means something to a shell. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
