/** A look at figures in tests: enough of XML to tell whether an SVG document is well formed, what is in it, and what can't be seen. */
import { assert } from "@effect/vitest"

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Array<Element>
  text: string
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' }
const decoded = (text: string) =>
  text.replace(/&([^;]*);/g, (_, name: string) => {
    assert.property(entities, name)
    return entities[name]!
  })

/** The document's element; fails where the text is not well-formed XML. */
export const parse = (source: string): Element => {
  const root: Element = { name: "", attributes: {}, children: [], text: "" }
  const open = [root]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
  assert.notMatch(source, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
  for (const [, closing, name, written, selfClosing, text] of source.matchAll(
    /<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/g
  )) {
    const parent = open.at(-1)!
    if (text !== undefined) {
      parent.text += decoded(text)
    } else if (closing === "/") {
      assert.strictEqual(open.pop()!.name, name)
    } else {
      const attributes = Object.fromEntries(
        Array.from(written!.matchAll(/\s([a-zA-Z-]+)="([^"<]*)"/g), ([, key, value]) => [key!, decoded(value!)])
      )
      assert.strictEqual(written!.replace(/\s[a-zA-Z-]+="[^"<]*"/g, ""), "")
      const element: Element = { name: name!, attributes, children: [], text: "" }
      parent.children.push(element)
      if (selfClosing !== "/") open.push(element)
    }
  }
  assert.strictEqual(open.length, 1)
  assert.strictEqual(root.children.length, 1)
  return root.children[0]!
}

/** All elements of a name, in order. */
export const all = (element: Element, name: string): ReadonlyArray<Element> =>
  element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])

/** Every text that is drawn. */
export const texts = (element: Element): ReadonlyArray<string> => all(element, "text").map(({ text }) => text)

/** What is drawn where it can't be seen: numbers that are none, boxes and texts outside the picture. */
export const misplaced = (document: Element): ReadonlyArray<string> => {
  const [, , width, height] = document.attributes["viewBox"]!.split(" ").map(Number) as [number, number, number, number]
  const outside = (x: number, y: number) => !(x >= 0 && x <= width && y >= 0 && y <= height)
  const boxes = all(document, "rect").filter(({ attributes: { x = "0", y = "0", width: w = "", height: h = "" } }) =>
    outside(Number(x) + Number(w), Number(y) + Number(h))
  )
  const words = all(document, "text").filter(({ attributes: { x = "", y = "" } }) => outside(Number(x), Number(y)))
  const paths = all(document, "path").filter(({ attributes: { d = "" } }) => !/^[MLHVh0-9. -]*$/.test(d))
  return [...boxes, ...words, ...paths].map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`)
}
