// Four floats per vector by NEON's intrinsics, for 64-bit Arm. Included once per build, with that build's instructions
// enabled for the functions that follow.
//
// One value for all lanes comes as a plain load of one lane, and the multiply-adds take it "by element": loads that copy
// to all lanes (ld1r) occupy a vector pipe on many of these CPUs.
#include <arm_neon.h>

#if defined(HAS_BF16)
#define VARIANT CK_NEON_BF16
#define VARIANT_NAME "neon-bf16"
#define VARIANT_DETAIL "NEON with I8MM and BF16, 4 lanes, register tile 12 x 8"
#elif defined(HAS_DOTPROD)
#define VARIANT CK_NEON_DOTPROD
#define VARIANT_NAME "neon-dotprod"
#define VARIANT_DETAIL "NEON with dot products, 4 lanes, register tile 12 x 8"
#else
#define VARIANT CK_NEON
#define VARIANT_NAME "neon"
#define VARIANT_DETAIL "NEON, 4 lanes, register tile 12 x 8"
#endif
#define LANES 4
#define TILE_ROWS 12

typedef float32x4_t vf;

#define INLINE static inline __attribute__((always_inline))

INLINE uint32x4_t first_lanes(size_t n) {
    return vcgtq_s32(vdupq_n_s32((int32_t)n), (int32x4_t){0, 1, 2, 3});
}

INLINE vf v_zero(void) { return vdupq_n_f32(0.0f); }
INLINE vf v_set1(float x) { return vdupq_n_f32(x); }
INLINE vf v_load(const float *p) { return vld1q_f32(p); }
INLINE vf v_broadcast(const float *p) {
    float x = *p;
    __asm__("" : "+w"(x));  // in a vector register, not copied to all lanes by the load
    return vdupq_n_f32(x);
}
INLINE void v_store(float *p, vf x) { vst1q_f32(p, x); }
INLINE vf v_load_n(const float *p, size_t n) {
    vf x = v_zero();
    if (n & 2) {
        x = vcombine_f32(vld1_f32(p), vdup_n_f32(0.0f));
        return n & 1 ? vld1q_lane_f32(p + 2, x, 2) : x;
    }
    return n & 1 ? vld1q_lane_f32(p, x, 0) : x;
}
INLINE void v_store_n(float *p, vf x, size_t n) {
    if (n & 2) {
        vst1_f32(p, vget_low_f32(x));
        if (n & 1) vst1q_lane_f32(p + 2, x, 2);
    } else if (n & 1) {
        vst1q_lane_f32(p, x, 0);
    }
}
INLINE vf v_keep_n(vf x, vf other, size_t n) { return vbslq_f32(first_lanes(n), x, other); }
INLINE vf v_add(vf a, vf b) { return vaddq_f32(a, b); }
INLINE vf v_sub(vf a, vf b) { return vsubq_f32(a, b); }
INLINE vf v_mul(vf a, vf b) { return vmulq_f32(a, b); }
INLINE vf v_div(vf a, vf b) { return vdivq_f32(a, b); }
INLINE vf v_sqrt(vf a) { return vsqrtq_f32(a); }
INLINE vf v_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
INLINE vf v_fnma(vf a, vf b, vf c) { return vfmsq_f32(c, a, b); }
/// NaN if either is, which is more than is asked for.
INLINE vf v_max(vf a, vf b) { return vmaxq_f32(a, b); }
INLINE vf v_min(vf a, vf b) { return vminq_f32(a, b); }
INLINE vf v_abs(vf a) { return vabsq_f32(a); }
INLINE vf v_copysign(vf a, vf s) { return vbslq_f32(vdupq_n_u32(0x80000000u), s, a); }
INLINE vf v_where_less(vf a, vf b, vf x, vf y) { return vbslq_f32(vcltq_f32(a, b), x, y); }
/// p * 2^n, where z = n + 1.5 * 2^23: the low bits of z are added to the exponent. NaN in n gives NaN: all bits are set
/// there, since a payload in the low bits of z could otherwise make a number of it.
INLINE vf v_times_power(vf p, vf z, vf n) {
    const uint32x4_t y = vaddq_u32(vreinterpretq_u32_f32(p), vshlq_n_u32(vreinterpretq_u32_f32(z), 23));
    return vreinterpretq_f32_u32(vornq_u32(y, vceqq_f32(n, n)));
}
INLINE vf v_split_exponent(vf x, vf *mantissa) {
    const int32x4_t bits = vsubq_s32(vreinterpretq_s32_f32(x), vdupq_n_s32(0x3f3504f3));
    const int32x4_t e = vshrq_n_s32(bits, 23);
    *mantissa = vreinterpretq_f32_s32(vsubq_s32(vreinterpretq_s32_f32(x), vshlq_n_s32(e, 23)));
    return vcvtq_f32_s32(e);
}
INLINE float v_sum(vf x) { return vaddvq_f32(x); }
INLINE float v_highest(vf x) { return vmaxvq_f32(x); }

typedef int32x4_t vi;

INLINE vi vi_set1(int32_t x) { return vdupq_n_s32(x); }
INLINE vi vi_load(const void *p) { return vreinterpretq_s32_u8(vld1q_u8(p)); }
/// Four bytes from anywhere, in the first lane: `v_dot_bf16` and `int8_dot` take them from there for all lanes.
INLINE vi vi_broadcast(const void *p) {
    float x;
    memcpy(&x, p, sizeof x);
    const float32x2_t both = {x, x};
    vf y = __builtin_shufflevector(both, both, 0, -1, -1, -1);
    __asm__("" : "+w"(y));
    return vreinterpretq_s32_f32(y);
}
INLINE vi vi_add(vi a, vi b) { return vaddq_s32(a, b); }
INLINE vi vi_max(vi a, vi b) { return vmaxq_s32(a, b); }
INLINE vf vi_to_float(vi x) { return vcvtq_f32_s32(x); }
INLINE vi vi_from_bits(vf x) { return vreinterpretq_s32_f32(x); }
INLINE vi vi_round(vf x) { return vcvtnq_s32_f32(x); }
INLINE int32_t vi_sum(vi x) { return vaddvq_s32(x); }
INLINE float vi_highest_as_float(vi x) {
    const int32_t high = vmaxvq_s32(x);
    float y;
    memcpy(&y, &high, sizeof y);
    return y;
}
/// Half of eight bfloat16: those at even places, those at odd places.
INLINE vf v_load_bf16_even(const void *p) {
    return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_s32(vi_load(p)), 16));
}
INLINE vf v_load_bf16_odd(const void *p) {
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_s32(vi_load(p)), vdupq_n_u32(0xffff0000u)));
}

#if defined(HAS_BF16)
#define BF16_DOT
INLINE vf v_dot_bf16(vf sum, vi w, vi x) {
    return vbfdotq_lane_f32(sum, vreinterpretq_bf16_s32(w), vget_low_bf16(vreinterpretq_bf16_s32(x)), 0);
}
INLINE void v_store_bf16_pairs(void *p, vf even, vf odd) {
    const uint16x4x2_t pairs = {{vreinterpret_u16_bf16(vcvt_bf16_f32(even)), vreinterpret_u16_bf16(vcvt_bf16_f32(odd))}};
    vst2_u16(p, pairs);
}
INLINE void v_store_bf16(void *p, vf x) { vst1_bf16(p, vcvt_bf16_f32(x)); }
#endif

// Four inputs of a row lie as bytes x0 x1 x2 x3.
#define INT8_STEP 4
typedef int8x16_t int8_inputs;
INLINE void int8_store(char *row, size_t j, vi q) {
    const int16x4_t halves = vmovn_s32(q);
    vst1_lane_s32((void *)(row + j), vreinterpret_s32_s8(vmovn_s16(vcombine_s16(halves, halves))), 0);
}

#if defined(HAS_BF16)
INLINE vi bytes_dot(vi sum, vi u, vi s) {
    return vusdotq_s32(sum, vreinterpretq_u8_s32(u), vreinterpretq_s8_s32(s));
}
// Unsigned by signed bytes (I8MM, which the build for BF16 asks for as well): weights as they are stored.
typedef uint8x16_t int8_weights;
INLINE int8_weights int8_load(const void *p) { return vld1q_u8(p); }
INLINE int8_inputs int8_broadcast(const char *p) { return vreinterpretq_s8_s32(vi_broadcast(p)); }
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) { return vusdotq_laneq_s32(sum, w, x, 0); }
#else
// Signed by signed bytes: the 128 that weights are stored with is taken off when they are loaded.
#define INT8_OFFSET 0
#define BYTES_OFFSET 0
typedef int8x16_t int8_weights;
INLINE int8_weights int8_load(const void *p) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
}
/// sum + (bytes - 128) * signed bytes, four by four.
INLINE vi bytes_dot(vi sum, vi u, vi s) {
    const int8x16_t x = vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_s32(u), vdupq_n_u8(0x80)));
    const int8x16_t y = vreinterpretq_s8_s32(s);
#if defined(HAS_DOTPROD)
    return vdotq_s32(sum, x, y);
#else
    return vpadalq_s16(vpadalq_s16(sum, vmull_s8(vget_low_s8(x), vget_low_s8(y))), vmull_high_s8(x, y));
#endif
}
#if defined(HAS_DOTPROD)
INLINE int8_inputs int8_broadcast(const char *p) { return vreinterpretq_s8_s32(vi_broadcast(p)); }
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) { return vdotq_laneq_s32(sum, w, x, 0); }
#else
INLINE int8_inputs int8_broadcast(const char *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    vi y = vdupq_n_s32(x);
    __asm__("" : "+w"(y));  // else the compiler finds that both halves are the same, and takes the weights apart instead
    return vreinterpretq_s8_s32(y);
}
/// Two products of bytes fit 16 bits: 2 * 128 * 127 is below 2^15.
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) {
    return vpadalq_s16(sum, vpaddq_s16(vmull_s8(vget_low_s8(w), vget_low_s8(x)), vmull_high_s8(w, x)));
}
#endif
#endif
