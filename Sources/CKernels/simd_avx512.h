// Sixteen floats per vector. Included with AVX-512 enabled for the functions that follow.
#include <immintrin.h>

#if defined(HAS_BF16)
#define VARIANT CK_AVX512_BF16
#define VARIANT_NAME "avx512-bf16"
#define VARIANT_DETAIL "AVX-512 with VNNI and BF16, 16 lanes, register tile 12 x 32"
#elif defined(HAS_VNNI)
#define VARIANT CK_AVX512_VNNI
#define VARIANT_NAME "avx512-vnni"
#define VARIANT_DETAIL "AVX-512 with VNNI, 16 lanes, register tile 12 x 32"
#else
#define VARIANT CK_AVX512
#define VARIANT_NAME "avx512"
#define VARIANT_DETAIL "AVX-512 F/BW/DQ/VL, 16 lanes, register tile 12 x 32"
#endif
#define LANES 16
#define TILE_ROWS 12

typedef __m512 vf;

#define INLINE static inline __attribute__((always_inline))

INLINE __mmask16 first_lanes(size_t n) { return (__mmask16)((1u << n) - 1u); }

INLINE vf v_zero(void) { return _mm512_setzero_ps(); }
INLINE vf v_set1(float x) { return _mm512_set1_ps(x); }
INLINE vf v_load(const float *p) { return _mm512_loadu_ps(p); }
/// One float from memory, in every lane.
INLINE vf v_broadcast(const float *p) { return v_set1(*p); }
INLINE void v_store(float *p, vf x) { _mm512_storeu_ps(p, x); }
/// The first n < LANES floats; the other lanes are zero and their memory is not touched.
INLINE vf v_load_n(const float *p, size_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), p); }
INLINE void v_store_n(float *p, vf x, size_t n) { _mm512_mask_storeu_ps(p, first_lanes(n), x); }
/// The first n < LANES lanes of x, `other` in the rest.
INLINE vf v_keep_n(vf x, vf other, size_t n) { return _mm512_mask_mov_ps(other, first_lanes(n), x); }
INLINE vf v_add(vf a, vf b) { return _mm512_add_ps(a, b); }
INLINE vf v_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
INLINE vf v_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
INLINE vf v_div(vf a, vf b) { return _mm512_div_ps(a, b); }
INLINE vf v_sqrt(vf a) { return _mm512_sqrt_ps(a); }
/// a * b + c
INLINE vf v_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
/// c - a * b
INLINE vf v_fnma(vf a, vf b, vf c) { return _mm512_fnmadd_ps(a, b, c); }
/// a > b ? a : b, so a NaN in `b` stays and one in either gives `b`.
INLINE vf v_max(vf a, vf b) { return _mm512_max_ps(a, b); }
INLINE vf v_min(vf a, vf b) { return _mm512_min_ps(a, b); }
INLINE vf v_abs(vf a) { return _mm512_abs_ps(a); }
/// The size of a with the sign of s.
INLINE vf v_copysign(vf a, vf s) {
    const vf mask = _mm512_set1_ps(-0.0f);
    return _mm512_or_ps(_mm512_andnot_ps(mask, a), _mm512_and_ps(mask, s));
}
/// a < b ? x : y
INLINE vf v_where_less(vf a, vf b, vf x, vf y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
/// p * 2^n, where z = n + 1.5 * 2^23. NaN in n gives NaN.
INLINE vf v_times_power(vf p, vf z, vf n) {
    (void)z;
    return _mm512_scalef_ps(p, n);
}
/// For positive normal x: x = mantissa * 2^result with mantissa in sqrt(1/2) ..< sqrt(2).
INLINE vf v_split_exponent(vf x, vf *mantissa) {
    const __m512i bits = _mm512_sub_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x3f3504f3));
    const __m512i e = _mm512_srai_epi32(bits, 23);
    *mantissa = _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(x), _mm512_slli_epi32(e, 23)));
    return _mm512_cvtepi32_ps(e);
}
INLINE float v_sum(vf x) {
    const __m256 y = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    const __m128 z = _mm_add_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
    const __m128 w = _mm_add_ps(z, _mm_movehl_ps(z, z));
    return _mm_cvtss_f32(_mm_add_ss(w, _mm_shuffle_ps(w, w, 1)));
}
INLINE float v_highest(vf x) {
    const __m256 y = _mm256_max_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    const __m128 z = _mm_max_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
    const __m128 w = _mm_max_ps(z, _mm_movehl_ps(z, z));
    return _mm_cvtss_f32(_mm_max_ss(w, _mm_shuffle_ps(w, w, 1)));
}

typedef __m512i vi;

INLINE vi vi_set1(int32_t x) { return _mm512_set1_epi32(x); }
INLINE vi vi_load(const void *p) { return _mm512_loadu_si512(p); }
/// Four bytes from anywhere, in every lane.
INLINE vi vi_broadcast(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return _mm512_set1_epi32(x);
}
INLINE vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
INLINE vi vi_max(vi a, vi b) { return _mm512_max_epi32(a, b); }
INLINE vf vi_to_float(vi x) { return _mm512_cvtepi32_ps(x); }
INLINE vi vi_from_bits(vf x) { return _mm512_castps_si512(x); }
/// To the nearest integer, ties to even.
INLINE vi vi_round(vf x) { return _mm512_cvtps_epi32(x); }
INLINE int32_t vi_sum(vi x) { return _mm512_reduce_add_epi32(x); }
/// The largest lane, its bits taken as a float.
INLINE float vi_highest_as_float(vi x) {
    const int32_t high = _mm512_reduce_max_epi32(x);
    float y;
    memcpy(&y, &high, sizeof y);
    return y;
}
/// Half of 32 bfloat16: those at even places, those at odd places.
INLINE vf v_load_bf16_even(const void *p) { return _mm512_castsi512_ps(_mm512_slli_epi32(vi_load(p), 16)); }
INLINE vf v_load_bf16_odd(const void *p) {
    return _mm512_castsi512_ps(_mm512_and_si512(vi_load(p), _mm512_set1_epi32((int32_t)0xffff0000)));
}

#if defined(HAS_BF16)
#define BF16_DOT
INLINE vf v_dot_bf16(vf sum, vi w, vi x) { return _mm512_dpbf16_ps(sum, (__m512bh)w, (__m512bh)x); }
/// Each value of `even` with that of `odd` behind it.
INLINE void v_store_bf16_pairs(void *p, vf even, vf odd) {
    const vi low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(even));
    const vi high = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(odd));
    _mm512_storeu_si512(p, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}
INLINE void v_store_bf16(void *p, vf x) { _mm256_storeu_si256(p, (__m256i)_mm512_cvtneps_pbh(x)); }
#endif

#if defined(HAS_VNNI)
#define INT8_STEP 4
/// sum + unsigned bytes * signed bytes, four by four.
INLINE vi bytes_dot(vi sum, vi u, vi s) { return _mm512_dpbusd_epi32(sum, u, s); }
typedef vi int8_weights;
typedef vi int8_inputs;
INLINE int8_weights int8_load(const void *p) { return vi_load(p); }
INLINE int8_inputs int8_broadcast(const void *p) { return vi_broadcast(p); }
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) { return _mm512_dpbusd_epi32(sum, w, x); }
INLINE void int8_store(char *row, size_t j, vi q) { _mm_storeu_si128((void *)(row + j), _mm512_cvtepi32_epi8(q)); }
/// Stores 64 values; returns `sums` with them added.
INLINE vi int8_store_four(char *row, size_t j, const vi q[4], vi sums) {
    const vi packed = _mm512_packs_epi16(_mm512_packs_epi32(q[0], q[1]), _mm512_packs_epi32(q[2], q[3]));
    // Packing works in each quarter of the registers: the quads of a vector lie four apart.
    const vi order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const vi bytes = _mm512_permutexvar_epi32(order, packed);
    _mm512_storeu_si512(row + j, bytes);
    return _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), bytes);
}
#define INT8_STORE_FOUR
#else
INLINE vi vi_and(vi a, vi b) { return _mm512_and_si512(a, b); }
INLINE vi vi_shift_right_16(vi a, int bits) { return _mm512_srli_epi16(a, (unsigned)bits); }
INLINE vi vi_madd_16(vi a, vi b) { return _mm512_madd_epi16(a, b); }
/// The lower, the upper signed byte of each 16 bits, widened to them.
INLINE vi vi_lower_bytes(vi a) { return _mm512_srai_epi16(_mm512_slli_epi16(a, 8), 8); }
INLINE vi vi_upper_bytes(vi a) { return _mm512_srai_epi16(a, 8); }
/// Each four lanes q0 q1 q2 q3 as 16-bit q0 q2 q1 q3.
INLINE void int8_store(char *row, size_t j, vi q) {
    _mm256_storeu_si256((void *)(row + 2 * j), _mm512_cvtepi32_epi16(_mm512_shuffle_epi32(q, _MM_PERM_DBCA)));
}
#include "int8_madd.h"
#endif
