/** C: types, and what Code's operations are for single numbers. Each gives the bits that WebAssembly gives. */

export const scalars = `#include <stddef.h>
#include <stdint.h>
#if !defined(ETUDE_PLAIN) && (defined(__AVX2__) || defined(__AVX512F__))
#include <immintrin.h>
#endif
#if !defined(ETUDE_PLAIN) && defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#define ETUDE_NEON 1
#endif

typedef float f32;
typedef int32_t i32;
typedef uint32_t u32;
typedef uint8_t u8;
typedef intptr_t index_t;
// In memory: at any address, beside anything else.
typedef float f32_m __attribute__((aligned(1), may_alias));
typedef int32_t i32_m __attribute__((aligned(1), may_alias));
typedef uint32_t u32_m __attribute__((aligned(1), may_alias));
#define INLINE static inline __attribute__((always_inline, unused))
#define AT(type, address) (*(type*)(M + (address)))

INLINE f32 f32_bits(i32 x) { union { i32 i; f32 f; } u; u.i = x; return u.f; }
INLINE i32 i32_bits(f32 x) { union { i32 i; f32 f; } u; u.f = x; return u.i; }
INLINE f32 f32_fma(f32 a, f32 b, f32 c) { return __builtin_fmaf(a, b, c); }
INLINE f32 f32_sqrt(f32 x) { return __builtin_sqrtf(x); }
INLINE f32 f32_neg(f32 x) { return f32_bits(i32_bits(x) ^ INT32_MIN); }
INLINE f32 f32_abs(f32 x) { return f32_bits(i32_bits(x) & INT32_MAX); }
INLINE f32 f32_floor(f32 x) { return __builtin_floorf(x); }
INLINE f32 f32_ceil(f32 x) { return __builtin_ceilf(x); }
INLINE f32 f32_trunc(f32 x) { return __builtin_truncf(x); }
INLINE f32 f32_round(f32 x) { return __builtin_nearbyintf(x); }
// a < b ? a : b, so b where either is NaN and where both are zeros.
INLINE f32 f32_lesser(f32 a, f32 b) { return a < b ? a : b; }
INLINE f32 f32_greater(f32 a, f32 b) { return a > b ? a : b; }
INLINE f32 f32_min(f32 a, f32 b) {
  if (a != a || b != b) return a + b;
  return a < b ? a : b < a ? b : f32_bits(i32_bits(a) | i32_bits(b));
}
INLINE f32 f32_max(f32 a, f32 b) {
  if (a != a || b != b) return a + b;
  return a > b ? a : b > a ? b : f32_bits(i32_bits(a) & i32_bits(b));
}
INLINE i32 i32_from_f32(f32 x) {
  return x != x ? 0 : x >= 0x1p31f ? INT32_MAX : x <= -0x1p31f ? INT32_MIN : (i32)x;
}
INLINE f32 f32_from_i32(i32 x) { return (f32)x; }

INLINE i32 i32_min(i32 a, i32 b) { return a < b ? a : b; }
INLINE i32 i32_max(i32 a, i32 b) { return a > b ? a : b; }
// The machine would trap.
INLINE i32 i32_div(i32 a, i32 b) { return b == 0 ? 0 : b == -1 ? -a : a / b; }
INLINE i32 i32_shl(i32 a, i32 n) { return (i32)((u32)a << (n & 31)); }
INLINE i32 i32_shrSigned(i32 a, i32 n) { return a >> (n & 31); }
INLINE i32 i32_shrUnsigned(i32 a, i32 n) { return (i32)((u32)a >> (n & 31)); }
INLINE i32 i32_ltUnsigned(i32 a, i32 b) { return (u32)a < (u32)b; }

INLINE index_t index_min(index_t a, index_t b) { return a < b ? a : b; }
INLINE index_t index_max(index_t a, index_t b) { return a > b ? a : b; }
INLINE index_t index_div(index_t a, index_t b) { return b == 0 ? 0 : a / b; }
INLINE index_t index_shl(index_t a, index_t n) { return (index_t)((uintptr_t)a << (n & 31)); }
INLINE index_t index_shrSigned(index_t a, index_t n) { return a >> (n & 31); }
INLINE index_t index_shrUnsigned(index_t a, index_t n) { return (index_t)((u32)a >> (n & 31)); }
INLINE i32 index_ltUnsigned(index_t a, index_t b) { return (uintptr_t)a < (uintptr_t)b; }
`
