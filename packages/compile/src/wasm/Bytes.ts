/** Bytes that grow at their end, with the encodings of WebAssembly's binary format: LEB128, IEEE 754, counted strings. */

const scratch = new DataView(new ArrayBuffer(8))
const text = new TextEncoder()

export class Bytes {
  #data = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#data.length) return
    const larger = new Uint8Array(Math.max(2 * this.#data.length, this.#length + count))
    larger.set(this.view())
    this.#data = larger
  }

  byte(value: number): void {
    if (this.#length === this.#data.length) this.#reserve(1)
    this.#data[this.#length++] = value
  }

  /** A whole number from 0 to 2³² − 1. */
  unsigned(value: number): void {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** A whole number from −2³¹ to 2³¹ − 1. */
  signed(value: number): void {
    let rest = value | 0
    while (rest < -0x40 || rest >= 0x40) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    this.byte(rest & 0x7f)
  }

  /** Rounded to the nearest 32-bit float. */
  float32(value: number): void {
    scratch.setFloat32(0, value, true)
    for (let at = 0; at < 4; at++) this.byte(scratch.getUint8(at))
  }

  int32(value: number): void {
    scratch.setInt32(0, value | 0, true)
    for (let at = 0; at < 4; at++) this.byte(scratch.getUint8(at))
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#data.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** With its length before it. */
  counted(bytes: Uint8Array): void {
    this.unsigned(bytes.length)
    this.append(bytes)
  }

  name(name: string): void {
    this.counted(text.encode(name))
  }

  /** The bytes written so far; valid until the next write. */
  view(): Uint8Array {
    return this.#data.subarray(0, this.#length)
  }
}
