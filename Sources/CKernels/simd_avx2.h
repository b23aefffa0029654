// Eight floats per vector. Included with AVX2 and FMA enabled for the functions that follow.
#include <immintrin.h>

#if defined(HAS_VNNI)
#define VARIANT CK_AVX2_VNNI
#define VARIANT_NAME "avx2-vnni"
#define VARIANT_DETAIL "AVX2 + FMA with AVX-VNNI, 8 lanes, register tile 6 x 16"
#else
#define VARIANT CK_AVX2
#define VARIANT_NAME "avx2"
#define VARIANT_DETAIL "AVX2 + FMA, 8 lanes, register tile 6 x 16"
#endif
#define LANES 8
#define TILE_ROWS 6

typedef __m256 vf;

#define INLINE static inline __attribute__((always_inline))

INLINE __m256i first_lanes(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE vf v_zero(void) { return _mm256_setzero_ps(); }
INLINE vf v_set1(float x) { return _mm256_set1_ps(x); }
INLINE vf v_load(const float *p) { return _mm256_loadu_ps(p); }
/// One float from memory, in every lane.
INLINE vf v_broadcast(const float *p) { return v_set1(*p); }
INLINE void v_store(float *p, vf x) { _mm256_storeu_ps(p, x); }
INLINE vf v_load_n(const float *p, size_t n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void v_store_n(float *p, vf x, size_t n) { _mm256_maskstore_ps(p, first_lanes(n), x); }
INLINE vf v_keep_n(vf x, vf other, size_t n) {
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(first_lanes(n)));
}
INLINE vf v_add(vf a, vf b) { return _mm256_add_ps(a, b); }
INLINE vf v_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
INLINE vf v_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
INLINE vf v_div(vf a, vf b) { return _mm256_div_ps(a, b); }
INLINE vf v_sqrt(vf a) { return _mm256_sqrt_ps(a); }
INLINE vf v_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
INLINE vf v_fnma(vf a, vf b, vf c) { return _mm256_fnmadd_ps(a, b, c); }
INLINE vf v_max(vf a, vf b) { return _mm256_max_ps(a, b); }
INLINE vf v_min(vf a, vf b) { return _mm256_min_ps(a, b); }
INLINE vf v_abs(vf a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
INLINE vf v_copysign(vf a, vf s) {
    const vf mask = _mm256_set1_ps(-0.0f);
    return _mm256_or_ps(_mm256_andnot_ps(mask, a), _mm256_and_ps(mask, s));
}
INLINE vf v_where_less(vf a, vf b, vf x, vf y) { return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ)); }
/// p * 2^n, where z = n + 1.5 * 2^23: the low bits of z are added to the exponent. NaN in n gives NaN: the comparison
/// sets all bits there, since a payload in the low bits of z could otherwise make a number of it.
INLINE vf v_times_power(vf p, vf z, vf n) {
    const vf y = _mm256_castsi256_ps(
        _mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(z), 23)));
    return _mm256_or_ps(y, _mm256_cmp_ps(n, n, _CMP_UNORD_Q));
}
INLINE vf v_split_exponent(vf x, vf *mantissa) {
    const __m256i bits = _mm256_sub_epi32(_mm256_castps_si256(x), _mm256_set1_epi32(0x3f3504f3));
    const __m256i e = _mm256_srai_epi32(bits, 23);
    *mantissa = _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(x), _mm256_slli_epi32(e, 23)));
    return _mm256_cvtepi32_ps(e);
}
INLINE float v_sum(vf x) {
    const __m128 z = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 w = _mm_add_ps(z, _mm_movehl_ps(z, z));
    return _mm_cvtss_f32(_mm_add_ss(w, _mm_shuffle_ps(w, w, 1)));
}
INLINE float v_highest(vf x) {
    const __m128 z = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 w = _mm_max_ps(z, _mm_movehl_ps(z, z));
    return _mm_cvtss_f32(_mm_max_ss(w, _mm_shuffle_ps(w, w, 1)));
}

typedef __m256i vi;

INLINE vi vi_set1(int32_t x) { return _mm256_set1_epi32(x); }
INLINE vi vi_load(const void *p) { return _mm256_loadu_si256(p); }
/// Four bytes from anywhere, in every lane.
INLINE vi vi_broadcast(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return _mm256_set1_epi32(x);
}
INLINE vi vi_add(vi a, vi b) { return _mm256_add_epi32(a, b); }
INLINE vi vi_max(vi a, vi b) { return _mm256_max_epi32(a, b); }
INLINE vf vi_to_float(vi x) { return _mm256_cvtepi32_ps(x); }
INLINE vi vi_from_bits(vf x) { return _mm256_castps_si256(x); }
INLINE vi vi_round(vf x) { return _mm256_cvtps_epi32(x); }
INLINE int32_t vi_sum(vi x) {
    const __m128i y = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    const __m128i z = _mm_add_epi32(y, _mm_shuffle_epi32(y, _MM_SHUFFLE(1, 0, 3, 2)));
    return _mm_cvtsi128_si32(_mm_add_epi32(z, _mm_shuffle_epi32(z, _MM_SHUFFLE(2, 3, 0, 1))));
}
INLINE float vi_highest_as_float(vi x) {
    const __m128i y = _mm_max_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    const __m128i z = _mm_max_epi32(y, _mm_shuffle_epi32(y, _MM_SHUFFLE(1, 0, 3, 2)));
    return _mm_cvtss_f32(_mm_castsi128_ps(_mm_max_epi32(z, _mm_shuffle_epi32(z, _MM_SHUFFLE(2, 3, 0, 1)))));
}
/// Half of 16 bfloat16: those at even places, those at odd places.
INLINE vf v_load_bf16_even(const void *p) { return _mm256_castsi256_ps(_mm256_slli_epi32(vi_load(p), 16)); }
INLINE vf v_load_bf16_odd(const void *p) {
    return _mm256_castsi256_ps(_mm256_and_si256(vi_load(p), _mm256_set1_epi32((int32_t)0xffff0000)));
}

#if defined(HAS_VNNI)
#define INT8_STEP 4
/// sum + unsigned bytes * signed bytes, four by four.
INLINE vi bytes_dot(vi sum, vi u, vi s) { return _mm256_dpbusd_avx_epi32(sum, u, s); }
typedef vi int8_weights;
typedef vi int8_inputs;
INLINE int8_weights int8_load(const void *p) { return vi_load(p); }
INLINE int8_inputs int8_broadcast(const char *p) { return vi_broadcast(p); }
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) { return _mm256_dpbusd_avx_epi32(sum, w, x); }
INLINE void int8_store(char *row, size_t j, vi q) {
    const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    _mm_storel_epi64((void *)(row + j), _mm_packs_epi16(halves, halves));
}
#else
INLINE vi vi_and(vi a, vi b) { return _mm256_and_si256(a, b); }
INLINE vi vi_shift_right_16(vi a, int bits) { return _mm256_srli_epi16(a, bits); }
INLINE vi vi_madd_16(vi a, vi b) { return _mm256_madd_epi16(a, b); }
/// The lower, the upper signed byte of each 16 bits, widened to them.
INLINE vi vi_lower_bytes(vi a) { return _mm256_srai_epi16(_mm256_slli_epi16(a, 8), 8); }
INLINE vi vi_upper_bytes(vi a) { return _mm256_srai_epi16(a, 8); }
/// Each four lanes q0 q1 q2 q3 as 16-bit q0 q2 q1 q3.
INLINE void int8_store(char *row, size_t j, vi q) {
    const vi pairs = _mm256_shuffle_epi32(q, _MM_SHUFFLE(3, 1, 2, 0));
    _mm_storeu_si128((void *)(row + 2 * j),
                     _mm_packs_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1)));
}
#include "int8_madd.h"
#endif
