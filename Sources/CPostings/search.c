// What searches do with decoded blocks: the plain build, and what needs no other.
#include "internal.h"
#include <math.h>

#pragma STDC FP_CONTRACT OFF

void cp_bound_blocks_portable(size_t blocks, const uint32_t *starts, const uint32_t *impacts, const float *inverse, float weight,
                              float *bounds) {
    for (size_t b = 0; b < blocks; b++) {
        // The score rises with the product, after rounding too: one division is enough.
        float highest = 0;
        for (uint32_t i = starts[b]; i < starts[b + 1]; i++) {
            const uint32_t frequency = impacts[i] & 0xffffff;
            const float product = frequency == 0xffffff ? INFINITY : (float)(int32_t)frequency * inverse[impacts[i] >> 24];
            highest = product > highest ? product : highest;
        }
        const float divisor = 1.0f + highest;
        const float quotient = weight / divisor;
        bounds[b] = weight - quotient;
    }
}

size_t cp_intersect_portable(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b) {
    size_t found = 0, j = 0;
    for (size_t i = 0; i < a_count && j < b_count; i++) {
        j = cp_lower_bound(b, j, b_count, a[i]);
        if (j == b_count || b[j] != a[i]) continue;
        in_a[found] = (uint32_t)i;
        in_b[found++] = (uint32_t)j;
    }
    return found;
}

size_t cp_select_portable(size_t count, const float *scores, double rest, float needed, uint32_t *indices) {
    size_t selected = 0;
    for (size_t i = 0; i < count; i++) {
        indices[selected] = (uint32_t)i;
        selected += (float)((double)scores[i] + rest) >= needed;
    }
    return selected;
}

size_t cp_harvest_portable(size_t count, double *sums, double rest, float needed, uint32_t base, uint32_t *documents, double *taken) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const double sum = sums[i];
        sums[i] = -0.0;
        documents[found] = base + (uint32_t)i;
        taken[found] = sum;
        found += !signbit(sum) && (float)(sum + rest) >= needed;
    }
    return found;
}

size_t cp_accumulate(size_t count, const uint32_t *documents, const float *scores, uint32_t base, uint32_t end, double *sums) {
    size_t i = 0;
    for (; i < count && documents[i] < end; i++) sums[documents[i] - base] += (double)scores[i];
    return i;
}

size_t cp_merge(size_t a_count, const uint32_t *a, const double *a_sums, size_t b_count, const uint32_t *b, const float *b_scores,
                uint32_t *documents, double *sums) {
    size_t i = 0, j = 0, count = 0;
    // Without branches: which list is next cannot be foretold.
    while (i < a_count && j < b_count) {
        const uint32_t x = a[i], y = b[j];
        const bool has_a = x <= y, has_b = y <= x;
        documents[count] = has_a ? x : y;
        sums[count++] = (has_a ? a_sums[i] : 0) + (has_b ? (double)b_scores[j] : 0);
        i += has_a;
        j += has_b;
    }
    for (; i < a_count; i++, count++) {
        documents[count] = a[i];
        sums[count] = a_sums[i];
    }
    for (; j < b_count; j++, count++) {
        documents[count] = b[j];
        sums[count] = (double)b_scores[j];
    }
    return count;
}

uint64_t cp_sum(const uint32_t *values, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += values[i];
    return sum;
}

size_t cp_mark(size_t count, const uint32_t *documents, uint32_t base, uint32_t end, uint64_t *seen) {
    size_t i = 0;
    // A word at a time: writing each bit to memory would wait for the one before.
    while (i < count && documents[i] < end) {
        const uint32_t word = (documents[i] - base) >> 6;
        uint64_t bits = 0;
        do bits |= (uint64_t)1 << ((documents[i] - base) & 63);
        while (++i < count && documents[i] < end && (documents[i] - base) >> 6 == word);
        seen[word] |= bits;
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

void cp_range_bounds(size_t blocks, const uint32_t *last, const float *bounds, unsigned shift, size_t count, float *ranges) {
    uint32_t first = 0, next = 0;
    float before = 0;
    // `before` is the bound of range next - 1 so far; kept out of memory, since the next block often goes on in the same range.
    for (size_t b = 0; b < blocks; b++) {
        const float bound = bounds[b];
        const uint32_t from = first >> shift, to = last[b] >> shift;
        const float shared = from + 1 == next && before > bound ? before : bound;
        for (; next < from; next++) ranges[next] = 0;
        ranges[from] = shared;
        for (next = from + 1; next <= to; next++) ranges[next] = bound;
        before = from == to ? shared : bound;
        first = last[b] + 1;
    }
    for (; next < count; next++) ranges[next] = 0;
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
