/** Replaces members of an object while `body` runs. */
export const replacing = <A>(object: object, members: { readonly [name: string]: unknown }, body: () => A): A => {
  const target = object as Record<string, unknown>
  const kept = Object.keys(members).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const)
  for (const name in members) {
    Object.defineProperty(target, name, { value: members[name], configurable: true, writable: true, enumerable: true })
  }
  try {
    return body()
  } finally {
    for (const [name, descriptor] of kept) {
      if (descriptor === undefined) delete target[name]
      else Object.defineProperty(target, name, descriptor)
    }
  }
}
