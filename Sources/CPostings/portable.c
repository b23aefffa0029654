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

void cp_score_impacts_portable(size_t count, const uint32_t *impacts, const float *inverse, float weight, float *scores) {
    for (size_t i = 0; i < count; i++) {
        const float product = (float)(int32_t)(impacts[i] & 0xffffff) * inverse[impacts[i] >> 24];
        const float divisor = 1.0f + product;
        const float quotient = weight / divisor;
        scores[i] = weight - quotient;
    }
}

const cp_kernels cp_portable = {CP_PORTABLE, cp_unpack_portable, cp_unpack_ascending_portable, cp_score_saturating_portable,
                                cp_score_impacts_portable};

size_t cp_mark(size_t count, const uint32_t *documents, uint32_t base, uint32_t end, uint64_t *seen) {
    size_t i = 0;
    for (; i < count && documents[i] < end; i++) {
        const uint32_t at = documents[i] - base;
        seen[at >> 6] |= (uint64_t)1 << (at & 63);
    }
    return i;
}

void cp_block_bounds(size_t blocks, const uint32_t *starts, const float *scores, float *bounds) {
    for (size_t b = 0; b < blocks; b++) {
        float highest = 0;
        for (uint32_t i = starts[b]; i < starts[b + 1]; i++) {
            const float score = scores[i - starts[0]];
            highest = score > highest ? score : highest;
        }
        bounds[b] = highest;
    }
}

void cp_range_bounds(size_t blocks, const uint32_t *last, const float *bounds, unsigned shift, float *ranges) {
    uint32_t first = 0;
    for (size_t b = 0; b < blocks; b++) {
        const float bound = bounds[b];
        for (uint32_t r = first >> shift, end = last[b] >> shift; r <= end; r++) ranges[r] = bound > ranges[r] ? bound : ranges[r];
        first = last[b] + 1;
    }
}

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

size_t cp_accumulate(size_t count, const uint32_t *documents, const float *scores, uint32_t base, uint32_t end, double *sums,
                     uint64_t *seen) {
    size_t i = 0;
    for (; i < count && documents[i] < end; i++) {
        const uint32_t at = documents[i] - base;
        sums[at] += (double)scores[i];
        seen[at >> 6] |= (uint64_t)1 << (at & 63);
    }
    return i;
}

size_t cp_lower_bound(const uint32_t *values, size_t from, size_t count, uint32_t target) {
    // Galloping: what is looked for is mostly near.
    size_t low = from, step = 1;
    while (low < count && values[low] < target) {
        from = low + 1;
        low += step;
        step *= 2;
    }
    size_t high = low < count ? low : count;
    low = from;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (values[middle] < target) low = middle + 1;
        else high = middle;
    }
    return low;
}
