// The plain build: what the others must equal.
#include "internal.h"
#include <string.h>

#pragma STDC FP_CONTRACT OFF

void cp_unpack_portable(const uint8_t *in, unsigned bits, uint32_t *out) {
    const uint64_t mask = bits == 32 ? 0xffffffffu : (1u << bits) - 1;
    for (size_t i = 0, bit = 0; i < CP_BLOCK; i++, bit += bits) {
        uint64_t window;
        memcpy(&window, in + bit / 8, 8);
        out[i] = (uint32_t)(window >> bit % 8 & mask);
    }
}

void cp_unpack_ascending_portable(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out) {
    cp_unpack_portable(in, bits, out);
    for (size_t i = 0; i < CP_BLOCK; i++) out[i] = before += out[i] + 1;
}

void cp_score_saturating_portable(size_t count, const uint32_t *documents, const uint32_t *frequencies, const uint8_t *norms,
                                  const float *inverse, float weight, float *scores) {
    for (size_t i = 0; i < count; i++) {
        const float product = (float)(int32_t)frequencies[i] * inverse[norms ? norms[documents[i]] : 1];
        const float divisor = 1.0f + product;
        const float quotient = weight / divisor;
        scores[i] = weight - quotient;
    }
}

const cp_kernels cp_portable = {CP_PORTABLE, cp_unpack_portable, cp_unpack_ascending_portable, cp_score_saturating_portable,
                                cp_bound_blocks_portable, cp_intersect_portable, cp_select_portable, cp_harvest_portable};

unsigned cp_bits(const uint32_t *in, size_t count) {
    uint32_t all = 0;
    for (size_t i = 0; i < count; i++) all |= in[i];
    return all == 0 ? 0 : 32 - (unsigned)__builtin_clz(all);
}

void cp_pack(const uint32_t *in, size_t count, unsigned bits, uint8_t *out) {
    uint64_t window = 0;
    unsigned filled = 0;
    for (size_t i = 0; i < count; i++) {
        window |= (uint64_t)in[i] << filled;
        filled += bits;
        if (filled >= 32) {
            memcpy(out, &window, 4);
            out += 4;
            window >>= 32;
            filled -= 32;
        }
    }
    for (; filled > 0; filled = filled > 8 ? filled - 8 : 0) {
        *out++ = (uint8_t)window;
        window >>= 8;
    }
}
