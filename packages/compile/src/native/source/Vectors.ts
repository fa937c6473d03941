/**
 * C: what Code's operations are for vectors of `LANES` numbers. Arithmetic that compilers know for vectors is printed as it is;
 * here is the rest, by intrinsics where the machine has them, and lane by lane elsewhere (`ETUDE_PLAIN`: everywhere).
 */

const types = `
typedef f32 f32x __attribute__((vector_size(4 * LANES)));
typedef i32 i32x __attribute__((vector_size(4 * LANES)));
typedef u32 u32x __attribute__((vector_size(4 * LANES)));
typedef f32 f32x_m __attribute__((vector_size(4 * LANES), aligned(1), may_alias));
typedef i32 i32x_m __attribute__((vector_size(4 * LANES), aligned(1), may_alias));
typedef u8 u8x_m __attribute__((vector_size(LANES), aligned(1), may_alias));
#if !defined(ETUDE_PLAIN) && LANES == 16 && defined(__AVX512F__) && defined(__AVX512DQ__)
#define ETUDE_AVX512 1
#elif !defined(ETUDE_PLAIN) && LANES == 8 && defined(__AVX2__) && defined(__FMA__)
#define ETUDE_AVX2 1
#elif LANES != 4
#undef ETUDE_NEON
#endif

INLINE f32x f32x_bits(i32x x) { return (f32x)x; }
INLINE i32x i32x_bits(f32x x) { return (i32x)x; }
INLINE f32x f32x_neg(f32x x) { return (f32x)((i32x)x ^ INT32_MIN); }
INLINE f32x f32x_abs(f32x x) { return (f32x)((i32x)x & INT32_MAX); }
INLINE f32x f32x_from_i32x(i32x x) { return __builtin_convertvector(x, f32x); }
INLINE i32x i32x_shl(i32x a, i32x n) { return (i32x)((u32x)a << (u32x)(n & 31)); }
INLINE i32x i32x_shrSigned(i32x a, i32x n) { return a >> (n & 31); }
INLINE i32x i32x_shrUnsigned(i32x a, i32x n) { return (i32x)((u32x)a >> (u32x)(n & 31)); }
#define EACH for (int i = 0; i < LANES; i++)
INLINE i32x i32x_div(i32x a, i32x b) { i32x r; EACH r[i] = i32_div(a[i], b[i]); return r; }
`

const avx512 = `
#ifdef ETUDE_AVX512
// Comparisons stay in mask registers until somebody wants them as lanes.
typedef __mmask16 mask;
#define F(x) ((__m512)(x))
#define I(x) ((__m512i)(x))
INLINE f32x f32x_fma(f32x a, f32x b, f32x c) { return (f32x)_mm512_fmadd_ps(F(a), F(b), F(c)); }
INLINE f32x f32x_sqrt(f32x x) { return (f32x)_mm512_sqrt_ps(F(x)); }
INLINE f32x f32x_floor(f32x x) { return (f32x)_mm512_roundscale_ps(F(x), 0x09); }
INLINE f32x f32x_ceil(f32x x) { return (f32x)_mm512_roundscale_ps(F(x), 0x0a); }
INLINE f32x f32x_trunc(f32x x) { return (f32x)_mm512_roundscale_ps(F(x), 0x0b); }
INLINE f32x f32x_round(f32x x) { return (f32x)_mm512_roundscale_ps(F(x), 0x08); }
INLINE f32x f32x_lesser(f32x a, f32x b) { return (f32x)_mm512_min_ps(F(a), F(b)); }
INLINE f32x f32x_greater(f32x a, f32x b) { return (f32x)_mm512_max_ps(F(a), F(b)); }
INLINE mask f32x_unordered(f32x a, f32x b) { return _mm512_cmp_ps_mask(F(a), F(b), _CMP_UNORD_Q); }
INLINE f32x f32x_nan(f32x r, f32x a, f32x b) { return (f32x)_mm512_mask_add_ps(F(r), f32x_unordered(a, b), F(a), F(b)); }
INLINE mask mask_of(i32x x) { return _mm512_movepi32_mask(I(x)); }
INLINE i32x lanes_of(mask m) { return (i32x)_mm512_movm_epi32(m); }
INLINE f32x f32x_select(mask m, f32x yes, f32x no) { return (f32x)_mm512_mask_blend_ps(m, F(no), F(yes)); }
INLINE i32x i32x_select(mask m, i32x yes, i32x no) { return (i32x)_mm512_mask_blend_epi32(m, I(no), I(yes)); }
INLINE mask f32x_eq(f32x a, f32x b) { return _mm512_cmp_ps_mask(F(a), F(b), _CMP_EQ_OQ); }
INLINE mask f32x_ne(f32x a, f32x b) { return _mm512_cmp_ps_mask(F(a), F(b), _CMP_NEQ_UQ); }
INLINE mask f32x_lt(f32x a, f32x b) { return _mm512_cmp_ps_mask(F(a), F(b), _CMP_LT_OQ); }
INLINE mask f32x_le(f32x a, f32x b) { return _mm512_cmp_ps_mask(F(a), F(b), _CMP_LE_OQ); }
INLINE mask i32x_eq(i32x a, i32x b) { return _mm512_cmpeq_epi32_mask(I(a), I(b)); }
INLINE mask i32x_ne(i32x a, i32x b) { return _mm512_cmpneq_epi32_mask(I(a), I(b)); }
INLINE mask i32x_lt(i32x a, i32x b) { return _mm512_cmplt_epi32_mask(I(a), I(b)); }
INLINE mask i32x_le(i32x a, i32x b) { return _mm512_cmple_epi32_mask(I(a), I(b)); }
INLINE mask i32x_ltUnsigned(i32x a, i32x b) { return _mm512_cmplt_epu32_mask(I(a), I(b)); }
INLINE i32x i32x_min(i32x a, i32x b) { return (i32x)_mm512_min_epi32(I(a), I(b)); }
INLINE i32x i32x_max(i32x a, i32x b) { return (i32x)_mm512_max_epi32(I(a), I(b)); }
INLINE i32x i32x_truncated(f32x x) { return (i32x)_mm512_cvttps_epi32(F(x)); }
INLINE i32x i32x_from_bytes(const u8* p) { return (i32x)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)p)); }
INLINE void f32x_store(u8* p, f32x x, int n) { _mm512_mask_storeu_ps(p, (mask)((1 << n) - 1), F(x)); }
INLINE void i32x_store(u8* p, i32x x, int n) { _mm512_mask_storeu_epi32(p, (mask)((1 << n) - 1), I(x)); }
#endif
`

const masks = `
#ifndef ETUDE_AVX512
typedef i32x mask;
INLINE mask mask_of(i32x x) { return x; }
INLINE i32x lanes_of(mask m) { return m; }
INLINE i32x i32x_select(mask m, i32x yes, i32x no) { return (m & yes) | (~m & no); }
INLINE mask f32x_eq(f32x a, f32x b) { return (i32x)(a == b); }
INLINE mask f32x_ne(f32x a, f32x b) { return (i32x)(a != b); }
INLINE mask f32x_lt(f32x a, f32x b) { return (i32x)(a < b); }
INLINE mask f32x_le(f32x a, f32x b) { return (i32x)(a <= b); }
INLINE mask i32x_eq(i32x a, i32x b) { return (i32x)(a == b); }
INLINE mask i32x_ne(i32x a, i32x b) { return (i32x)(a != b); }
INLINE mask i32x_lt(i32x a, i32x b) { return (i32x)(a < b); }
INLINE mask i32x_le(i32x a, i32x b) { return (i32x)(a <= b); }
INLINE mask i32x_ltUnsigned(i32x a, i32x b) { return (i32x)((u32x)a < (u32x)b); }
INLINE i32x i32x_min(i32x a, i32x b) { return i32x_select(a < b, a, b); }
INLINE i32x i32x_max(i32x a, i32x b) { return i32x_select(a > b, a, b); }
#endif
`

const avx2 = `
#ifdef ETUDE_AVX2
#define F(x) ((__m256)(x))
#define I(x) ((__m256i)(x))
INLINE f32x f32x_select(mask m, f32x yes, f32x no) { return (f32x)_mm256_blendv_ps(F(no), F(yes), F(m)); }
INLINE f32x f32x_fma(f32x a, f32x b, f32x c) { return (f32x)_mm256_fmadd_ps(F(a), F(b), F(c)); }
INLINE f32x f32x_sqrt(f32x x) { return (f32x)_mm256_sqrt_ps(F(x)); }
INLINE f32x f32x_floor(f32x x) { return (f32x)_mm256_round_ps(F(x), 0x09); }
INLINE f32x f32x_ceil(f32x x) { return (f32x)_mm256_round_ps(F(x), 0x0a); }
INLINE f32x f32x_trunc(f32x x) { return (f32x)_mm256_round_ps(F(x), 0x0b); }
INLINE f32x f32x_round(f32x x) { return (f32x)_mm256_round_ps(F(x), 0x08); }
INLINE f32x f32x_lesser(f32x a, f32x b) { return (f32x)_mm256_min_ps(F(a), F(b)); }
INLINE f32x f32x_greater(f32x a, f32x b) { return (f32x)_mm256_max_ps(F(a), F(b)); }
INLINE i32x i32x_truncated(f32x x) { return (i32x)_mm256_cvttps_epi32(F(x)); }
INLINE i32x i32x_from_bytes(const u8* p) { return (i32x)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)p)); }
#ifdef __AVX512VL__
INLINE void f32x_store(u8* p, f32x x, int n) { _mm256_mask_storeu_ps(p, (__mmask8)((1 << n) - 1), F(x)); }
#else
INLINE void f32x_store(u8* p, f32x x, int n) {
  __m128 rest = _mm256_castps256_ps128(F(x));
  if (n & 4) {
    _mm_storeu_ps((float*)p, rest);
    p += 16;
    rest = _mm256_extractf128_ps(F(x), 1);
  }
  if (n & 2) {
    _mm_storel_pi((__m64*)p, rest);
    p += 8;
    rest = _mm_movehl_ps(rest, rest);
  }
  if (n & 1) *(f32_m*)p = _mm_cvtss_f32(rest);
}
#endif
INLINE void i32x_store(u8* p, i32x x, int n) { f32x_store(p, (f32x)x, n); }
#endif
`

const neon = `
#ifdef ETUDE_NEON
#define F(x) ((float32x4_t)(x))
INLINE f32x f32x_fma(f32x a, f32x b, f32x c) { return (f32x)vfmaq_f32(F(c), F(a), F(b)); }
INLINE f32x f32x_sqrt(f32x x) { return (f32x)vsqrtq_f32(F(x)); }
INLINE f32x f32x_floor(f32x x) { return (f32x)vrndmq_f32(F(x)); }
INLINE f32x f32x_ceil(f32x x) { return (f32x)vrndpq_f32(F(x)); }
INLINE f32x f32x_trunc(f32x x) { return (f32x)vrndq_f32(F(x)); }
INLINE f32x f32x_round(f32x x) { return (f32x)vrndnq_f32(F(x)); }
INLINE f32x f32x_min(f32x a, f32x b) { return (f32x)vminq_f32(F(a), F(b)); }
INLINE f32x f32x_max(f32x a, f32x b) { return (f32x)vmaxq_f32(F(a), F(b)); }
INLINE i32x i32x_from_f32x(f32x x) { return (i32x)vcvtq_s32_f32(F(x)); }
#endif
`

const plain = `
#if !defined(ETUDE_AVX512) && !defined(ETUDE_AVX2)
INLINE f32x f32x_select(mask m, f32x yes, f32x no) { return (f32x)i32x_select(m, (i32x)yes, (i32x)no); }
INLINE i32x i32x_from_bytes(const u8* p) { i32x r; EACH r[i] = p[i]; return r; }
INLINE void f32x_store(u8* p, f32x x, int n) { for (int i = 0; i < n; i++) ((f32_m*)p)[i] = x[i]; }
INLINE void i32x_store(u8* p, i32x x, int n) { for (int i = 0; i < n; i++) ((i32_m*)p)[i] = x[i]; }
INLINE f32x f32x_lesser(f32x a, f32x b) { return f32x_select(f32x_lt(a, b), a, b); }
INLINE f32x f32x_greater(f32x a, f32x b) { return f32x_select(f32x_lt(b, a), a, b); }
#ifndef ETUDE_NEON
INLINE f32x f32x_fma(f32x a, f32x b, f32x c) { f32x r; EACH r[i] = f32_fma(a[i], b[i], c[i]); return r; }
INLINE f32x f32x_sqrt(f32x x) { f32x r; EACH r[i] = f32_sqrt(x[i]); return r; }
INLINE f32x f32x_floor(f32x x) { f32x r; EACH r[i] = f32_floor(x[i]); return r; }
INLINE f32x f32x_ceil(f32x x) { f32x r; EACH r[i] = f32_ceil(x[i]); return r; }
INLINE f32x f32x_trunc(f32x x) { f32x r; EACH r[i] = f32_trunc(x[i]); return r; }
INLINE f32x f32x_round(f32x x) { f32x r; EACH r[i] = f32_round(x[i]); return r; }
INLINE i32x i32x_from_f32x(f32x x) { i32x r; EACH r[i] = i32_from_f32(x[i]); return r; }
#endif
#endif
`

/**
 * Intel's minimum gives its second operand where either is NaN, and where both are zeros: hence both ways round. NaN stays NaN
 * whatever bits are set in it, but not when some are cleared.
 */
const extremes = `
#ifndef ETUDE_NEON
#ifndef ETUDE_AVX512
INLINE f32x f32x_nan(f32x r, f32x a, f32x b) { return f32x_select((i32x)(a != a) | (i32x)(b != b), a + b, r); }
#endif
INLINE f32x f32x_min(f32x a, f32x b) { return (f32x)((i32x)f32x_lesser(a, b) | (i32x)f32x_lesser(b, a)); }
INLINE f32x f32x_max(f32x a, f32x b) {
  f32x r = (f32x)((i32x)f32x_greater(a, b) & (i32x)f32x_greater(b, a));
  return f32x_nan(r, a, b);
}
#endif
#if defined(ETUDE_AVX512) || defined(ETUDE_AVX2)
// Only what fits is converted: the machine makes INT32_MIN of the rest, but GCC's constant folding INT32_MAX.
INLINE i32x i32x_from_f32x(f32x x) {
  const f32x limit = f32x_splat(0x1p31f);
  const i32x high = lanes_of(f32x_le(limit, x)), low = lanes_of(f32x_le(x, -limit));
  const i32x fitting = i32x_truncated(f32x_select(f32x_lt(f32x_abs(x), limit), x, f32x_splat(0)));
  return fitting | (high & INT32_MAX) | (low & INT32_MIN);
}
#endif
`

const splats = (lanes: number): string =>
  ["f32", "i32"]
    .map(
      (type) => `INLINE ${type}x ${type}x_splat(${type} x) { return (${type}x){${Array(lanes).fill("x").join(", ")}}; }`
    )
    .join("\n")

/** The prelude for vectors of so many lanes. */
export const vectors = (lanes: number): string =>
  [`\n#define LANES ${lanes}`, types, splats(lanes), avx512, masks, avx2, neon, plain, extremes].join("")

/** A text about vectors of the target's lanes as one about vectors of fewer. */
export const narrowed = (text: string, lanes: number): string =>
  text
    .replaceAll(/([fiu])(32|8)x(?=\b|_)/g, `$1$2x${lanes}`)
    .replaceAll(/\b(mask|lanes)(?=_of\b)/g, `$1${lanes}`)
    .replaceAll(/\bmask\b/g, `mask${lanes}`)

/** A second prelude, for tasks whose vectors are narrower than the target's. */
export const narrowVectors = (lanes: number): string =>
  [
    "",
    ...["LANES", "EACH", "F", "I", "ETUDE_AVX512", "ETUDE_AVX2"].map((name) => `#undef ${name}`),
    narrowed(vectors(lanes), lanes)
  ].join("\n")
