// Transposition of four rows of four floats, by the compiler's vector extension.
#ifndef CKERNELS_QUADS_H
#define CKERNELS_QUADS_H

#include <stddef.h>
#include <string.h>

typedef float quad __attribute__((vector_size(16)));

/// Four floats of four rows each become four floats of four columns each.
static inline __attribute__((always_inline)) void transpose_quads(const float *from, size_t ldf, float *to, size_t ldt) {
    quad a, b, c, d;
    memcpy(&a, from, sizeof a);
    memcpy(&b, from + ldf, sizeof b);
    memcpy(&c, from + 2 * ldf, sizeof c);
    memcpy(&d, from + 3 * ldf, sizeof d);
    const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    memcpy(to, &a, sizeof a);
    memcpy(to + ldt, &b, sizeof b);
    memcpy(to + 2 * ldt, &c, sizeof c);
    memcpy(to + 3 * ldt, &d, sizeof d);
}

#endif
