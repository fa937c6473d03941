/** The name of the norm of all tensors beside those of each: `all`, unless a tensor has that name. */
export const nameOfAll = (paths: ReadonlyArray<string>): string => {
  let name = "all"
  while (paths.includes(name)) name = `${name} together`
  return name
}
