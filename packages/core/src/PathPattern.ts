/**
 * Patterns over parameter paths: `*` stands for any part of one path segment, `**` for any number of segments.
 * `**\/bias` matches `bias` and `conv1/bias`; `conv*\/kernel` matches `conv1/kernel`.
 */

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&")

/** Whether a path matches a pattern. */
export const matcher = (pattern: string): ((path: string) => boolean) => {
  const source = pattern
    .split("/")
    // Any number of segments twice is any number of segments.
    .filter((segment, index, all) => segment !== "**" || all[index - 1] !== "**")
    .map((segment) => (segment === "**" ? "**" : segment.split("*").map(escaped).join("[^/]*")))
    .join("/")
    .replace(/^\*\*\//, "(?:.*/)?")
    .replace(/\/\*\*$/, "(?:/.*)?")
    .replace(/\/\*\*\//g, "/(?:.*/)?")
    .replace(/^\*\*$/, ".*")
  const expression = new RegExp(`^${source}$`, "s")
  return (path) => expression.test(path)
}

/** Whether a path matches one of several patterns. */
export const matcherOfAny = (patterns: string | ReadonlyArray<string>): ((path: string) => boolean) => {
  const matchers = (typeof patterns === "string" ? [patterns] : patterns).map(matcher)
  return (path) => matchers.some((matches) => matches(path))
}
