// Four floats per vector through the compiler's vector extension: SSE2 on x86-64, NEON on Arm, plain code elsewhere.
// No intrinsics, so that every platform with clang or gcc has a working build.
#include <string.h>

#define VARIANT CK_PORTABLE
#define VARIANT_NAME "portable"
#define LANES 4

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

#if defined(__aarch64__)
// 32 vector registers.
#define VARIANT_DETAIL "C vector extension (NEON), 4 lanes, register tile 12 x 8"
#define TILE_ROWS 12
#define PORTABLE_FMA 1
#else
#define VARIANT_DETAIL "C vector extension, 4 lanes, register tile 6 x 8"
#define TILE_ROWS 6
// Baseline x86-64 has no fused multiply-add; emulating it would be slower by orders of magnitude.
#define PORTABLE_FMA 0
#endif

INLINE vf v_zero(void) { return (vf){0, 0, 0, 0}; }
INLINE vf v_set1(float x) { return (vf){x, x, x, x}; }
INLINE vf v_load(const float *p) {
    vf x;
    memcpy(&x, p, sizeof x);
    return x;
}
/// One float from memory, in every lane.
INLINE vf v_broadcast(const float *p) { return v_set1(*p); }
INLINE void v_store(float *p, vf x) { memcpy(p, &x, sizeof x); }
INLINE vf v_load_n(const float *p, size_t n) {
    vf x = v_zero();
    for (size_t i = 0; i < n; i++) x[i] = p[i];
    return x;
}
INLINE void v_store_n(float *p, vf x, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = x[i];
}
INLINE vf v_keep_n(vf x, vf other, size_t n) {
    for (size_t i = 0; i < n; i++) other[i] = x[i];
    return other;
}
INLINE vf v_choose(vi mask, vf x, vf y) { return (vf)(((vi)x & mask) | ((vi)y & ~mask)); }
INLINE vf v_add(vf a, vf b) { return a + b; }
INLINE vf v_sub(vf a, vf b) { return a - b; }
INLINE vf v_mul(vf a, vf b) { return a * b; }
INLINE vf v_div(vf a, vf b) { return a / b; }
INLINE vf v_sqrt(vf a) {
    for (int i = 0; i < LANES; i++) a[i] = __builtin_sqrtf(a[i]);
    return a;
}
#if PORTABLE_FMA
INLINE vf v_fma(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
INLINE vf v_fnma(vf a, vf b, vf c) { return __builtin_elementwise_fma(-a, b, c); }
#else
INLINE vf v_fma(vf a, vf b, vf c) { return a * b + c; }
INLINE vf v_fnma(vf a, vf b, vf c) { return c - a * b; }
#endif
INLINE vf v_max(vf a, vf b) { return v_choose(a > b, a, b); }
INLINE vf v_min(vf a, vf b) { return v_choose(a < b, a, b); }
INLINE vf v_abs(vf a) { return (vf)((vi)a & 0x7fffffff); }
INLINE vf v_copysign(vf a, vf s) { return (vf)(((vi)a & 0x7fffffff) | ((vi)s & (int32_t)0x80000000)); }
INLINE vf v_where_less(vf a, vf b, vf x, vf y) { return v_choose(a < b, x, y); }
/// p * 2^n, where z = n + 1.5 * 2^23: the low bits of z are added to the exponent. NaN in n gives NaN: the comparison
/// sets all bits there, since a payload in the low bits of z could otherwise make a number of it.
INLINE vf v_times_power(vf p, vf z, vf n) {
    // Unsigned: a shift of negative numbers is not defined in C.
    typedef uint32_t vu __attribute__((vector_size(16)));
    return (vf)((vu)p + ((vu)z << 23) | (vu)(n != n));
}
INLINE vf v_split_exponent(vf x, vf *mantissa) {
    const vi e = ((vi)x - 0x3f3504f3) >> 23;
    typedef uint32_t vu __attribute__((vector_size(16)));
    *mantissa = (vf)((vu)x - ((vu)e << 23));
    return __builtin_convertvector(e, vf);
}
INLINE float v_sum(vf x) { return (x[0] + x[2]) + (x[1] + x[3]); }
INLINE float v_highest(vf x) {
    const float a = x[0] > x[2] ? x[0] : x[2], b = x[1] > x[3] ? x[1] : x[3];
    return a > b ? a : b;
}

typedef uint32_t vu __attribute__((vector_size(16)));
typedef int16_t vi16 __attribute__((vector_size(16)));
typedef uint16_t vu16 __attribute__((vector_size(16)));

INLINE vi vi_set1(int32_t x) { return (vi){x, x, x, x}; }
INLINE vi vi_load(const void *p) {
    vi x;
    memcpy(&x, p, sizeof x);
    return x;
}
/// Four bytes from anywhere, in every lane.
INLINE vi vi_broadcast(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return vi_set1(x);
}
INLINE vi vi_and(vi a, vi b) { return a & b; }
INLINE vi vi_add(vi a, vi b) { return a + b; }
INLINE vi vi_max(vi a, vi b) { return (a & (a > b)) | (b & ~(a > b)); }
INLINE vi vi_shift_right_16(vi a, int bits) {
    return (vi)((vu16)a >> (uint16_t)bits);
}
/// Products of 16-bit numbers, pairs summed.
INLINE vi vi_madd_16(vi a, vi b) {
#if defined(__SSE2__)
    typedef short v8hi __attribute__((vector_size(16)));
    return (vi)__builtin_ia32_pmaddwd128((v8hi)a, (v8hi)b);
#else
    // Unsigned on the way left: a shift of negative numbers is not defined in C.
    const vi a0 = (vi)((vu)a << 16) >> 16, b0 = (vi)((vu)b << 16) >> 16;
    return a0 * b0 + (a >> 16) * (b >> 16);
#endif
}
/// The lower, the upper signed byte of each 16 bits, widened to them.
INLINE vi vi_lower_bytes(vi a) { return (vi)((vi16)((vu16)a << 8) >> 8); }
INLINE vi vi_upper_bytes(vi a) { return (vi)((vi16)a >> 8); }
INLINE vf vi_to_float(vi x) { return __builtin_convertvector(x, vf); }
INLINE vi vi_from_bits(vf x) { return (vi)x; }
/// To the nearest integer, ties to even, for |x| < 2^22.
INLINE vi vi_round(vf x) {
    const vf magic = v_set1(12582912.0f);
    return (vi)v_add(x, magic) - (vi)magic;
}
INLINE int32_t vi_sum(vi x) { return x[0] + x[1] + x[2] + x[3]; }
INLINE float vi_highest_as_float(vi x) {
    int32_t high = x[0];
    for (int i = 1; i < 4; i++) high = x[i] > high ? x[i] : high;
    float y;
    memcpy(&y, &high, sizeof y);
    return y;
}
/// Half of eight bfloat16: those at even places, those at odd places.
INLINE vf v_load_bf16_even(const void *p) { return (vf)((vu)vi_load(p) << 16); }
INLINE vf v_load_bf16_odd(const void *p) { return (vf)((vu)vi_load(p) & 0xffff0000u); }
/// Four lanes q0 q1 q2 q3 as 16-bit q0 q2 q1 q3.
INLINE void int8_store(char *row, size_t j, vi q) {
    const int16_t pairs[4] = {(int16_t)q[0], (int16_t)q[2], (int16_t)q[1], (int16_t)q[3]};
    memcpy(row + 2 * j, pairs, sizeof pairs);
}
#include "int8_madd.h"
