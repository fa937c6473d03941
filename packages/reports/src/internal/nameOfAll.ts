/** Under which name the norm of all tensors stands beside those of each: `all`, unless a tensor is called that. */
export const nameOfAll = (paths: ReadonlyArray<string>): string => {
  let name = "all"
  while (paths.includes(name)) name = `${name} together`
  return name
}
