// The build for AArch64.
#include "internal.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static void unpack_neon(const uint8_t *in, unsigned bits, uint32_t *out) {
    if (bits == 0 || !cp_window_tables.window_fits[bits]) {
        cp_unpack_portable(in, bits, out);
        return;
    }
    const uint8x16_t low = vld1q_u8(cp_window_tables.bytes8[bits]), high = vld1q_u8(cp_window_tables.bytes8[bits] + 16);
    const int32x4_t shift_low = vnegq_s32(vreinterpretq_s32_u32(vld1q_u32(cp_window_tables.shifts8[bits])));
    const int32x4_t shift_high = vnegq_s32(vreinterpretq_s32_u32(vld1q_u32(cp_window_tables.shifts8[bits] + 4)));
    const uint32x4_t mask = vdupq_n_u32((uint32_t)((1ull << bits) - 1));
    for (size_t i = 0; i < CP_BLOCK; i += 8, in += bits) {
        const uint32x4_t a = vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(in), low));
        const uint32x4_t b = vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(in + bits / 2), high));
        vst1q_u32(out + i, vandq_u32(vshlq_u32(a, shift_low), mask));
        vst1q_u32(out + i + 4, vandq_u32(vshlq_u32(b, shift_high), mask));
    }
}

static void unpack_ascending_neon(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out) {
    unpack_neon(in, bits, out);
    const uint32x4_t zero = vdupq_n_u32(0), one = vdupq_n_u32(1);
    uint32x4_t base = vdupq_n_u32(before);
    for (size_t i = 0; i < CP_BLOCK; i += 4) {
        uint32x4_t x = vaddq_u32(vld1q_u32(out + i), one);
        x = vaddq_u32(x, vextq_u32(zero, x, 3));
        x = vaddq_u32(x, vextq_u32(zero, x, 2));
        x = vaddq_u32(x, base);
        base = vdupq_laneq_u32(x, 3);
        vst1q_u32(out + i, x);
    }
}

const cp_kernels cp_neon = {CP_NEON, unpack_neon, unpack_ascending_neon, cp_score_saturating_portable,
                            cp_bound_blocks_portable, cp_intersect_portable, cp_select_portable, cp_harvest_portable};
#endif
