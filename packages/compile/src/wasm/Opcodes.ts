/**
 * The instructions that the emitter uses, by their names in the text format. Instructions of an extension are written as
 * its prefix (0xfc conversions that saturate, 0xfd vectors, 0xfe atomics) times 2¹⁶ plus their number.
 */

const simd = 0xfd0000
const atomic = 0xfe0000

/** Those without immediates. */
export const plain = {
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.le_s": 0x4c,
  "i32.ge_s": 0x4e,
  "f32.eq": 0x5b,
  "f32.ne": 0x5c,
  "f32.lt": 0x5d,
  "f32.gt": 0x5e,
  "f32.le": 0x5f,
  "f32.ge": 0x60,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_s": 0x6d,
  "i32.div_u": 0x6e,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "f32.abs": 0x8b,
  "f32.neg": 0x8c,
  "f32.ceil": 0x8d,
  "f32.floor": 0x8e,
  "f32.trunc": 0x8f,
  "f32.nearest": 0x90,
  "f32.sqrt": 0x91,
  "f32.add": 0x92,
  "f32.sub": 0x93,
  "f32.mul": 0x94,
  "f32.div": 0x95,
  "f32.min": 0x96,
  "f32.max": 0x97,
  "f32.convert_i32_s": 0xb2,
  "i32.reinterpret_f32": 0xbc,
  "f32.reinterpret_i32": 0xbe,
  "i32.trunc_sat_f32_s": 0xfc0000,
  "i32x4.splat": simd + 0x11,
  "f32x4.splat": simd + 0x13,
  "i32x4.eq": simd + 0x37,
  "i32x4.ne": simd + 0x38,
  "i32x4.lt_s": simd + 0x39,
  "i32x4.lt_u": simd + 0x3a,
  "i32x4.gt_s": simd + 0x3b,
  "i32x4.le_s": simd + 0x3d,
  "i32x4.ge_s": simd + 0x3f,
  "f32x4.eq": simd + 0x41,
  "f32x4.ne": simd + 0x42,
  "f32x4.lt": simd + 0x43,
  "f32x4.gt": simd + 0x44,
  "f32x4.le": simd + 0x45,
  "f32x4.ge": simd + 0x46,
  "v128.and": simd + 0x4e,
  "v128.or": simd + 0x50,
  "v128.xor": simd + 0x51,
  "v128.bitselect": simd + 0x52,
  "f32x4.ceil": simd + 0x67,
  "f32x4.floor": simd + 0x68,
  "f32x4.trunc": simd + 0x69,
  "f32x4.nearest": simd + 0x6a,
  "i16x8.extend_low_i8x16_u": simd + 0x89,
  "i32x4.abs": simd + 0xa0,
  "i32x4.neg": simd + 0xa1,
  "i32x4.extend_low_i16x8_u": simd + 0xa9,
  "i32x4.shl": simd + 0xab,
  "i32x4.shr_s": simd + 0xac,
  "i32x4.shr_u": simd + 0xad,
  "i32x4.add": simd + 0xae,
  "i32x4.sub": simd + 0xb1,
  "i32x4.mul": simd + 0xb5,
  "i32x4.min_s": simd + 0xb6,
  "i32x4.max_s": simd + 0xb8,
  "f32x4.abs": simd + 0xe0,
  "f32x4.neg": simd + 0xe1,
  "f32x4.sqrt": simd + 0xe3,
  "f32x4.add": simd + 0xe4,
  "f32x4.sub": simd + 0xe5,
  "f32x4.mul": simd + 0xe6,
  "f32x4.div": simd + 0xe7,
  "f32x4.min": simd + 0xe8,
  "f32x4.max": simd + 0xe9,
  "f32x4.pmin": simd + 0xea,
  "f32x4.pmax": simd + 0xeb,
  "i32x4.trunc_sat_f32x4_s": simd + 0xf8,
  "f32x4.convert_i32x4_s": simd + 0xfa,
  "f32x4.relaxed_madd": simd + 0x105,
  "i32x4.relaxed_laneselect": simd + 0x10b
} as const

/** Those that take the number of a lane. */
export const lane = {
  "i32x4.extract_lane": simd + 0x1b,
  "i32x4.replace_lane": simd + 0x1c,
  "f32x4.extract_lane": simd + 0x1f,
  "f32x4.replace_lane": simd + 0x20
} as const

/** Those that take an offset and an alignment. */
export const memory = {
  "i32.load": 0x28,
  "f32.load": 0x2a,
  "i32.load8_u": 0x2d,
  "i32.store": 0x36,
  "f32.store": 0x38,
  "v128.load": simd,
  "v128.load32_splat": simd + 0x09,
  "v128.store": simd + 0x0b,
  "v128.load32_zero": simd + 0x5c,
  "memory.atomic.notify": atomic,
  "i32.atomic.load": atomic + 0x10,
  "i32.atomic.store": atomic + 0x17,
  "i32.atomic.rmw.add": atomic + 0x1e
} as const

/** Those that take an offset, an alignment and the number of a lane. */
export const memoryLane = {
  "v128.store32_lane": simd + 0x5a,
  "v128.store64_lane": simd + 0x5b
} as const

export type Plain = keyof typeof plain
export type Lane = keyof typeof lane
export type Memory = keyof typeof memory
export type MemoryLane = keyof typeof memoryLane

export type ValueType = "i32" | "f32" | "v128"

export const valueType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
