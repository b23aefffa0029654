#ifndef CPOSTINGS_INTERNAL_H
#define CPOSTINGS_INTERNAL_H
#include "cpostings.h"
#include <stdbool.h>

/// Where the vector builds find the bytes of each value: for every width, which bytes of a group of 16 (of 8) values make the
/// 32-bit window that holds a value, and how far to shift it. `window_fits[bits]` is false where 32 bits do not hold every value.
typedef struct {
    bool window_fits[33];
    uint8_t bytes16[33][64];
    uint32_t shifts16[33][16];
    /// Two halves of four values; the second half is counted from byte (4 * bits) / 8.
    uint8_t bytes8[33][32];
    uint32_t shifts8[33][8];
} cp_windows;

extern cp_windows cp_window_tables;

void cp_unpack_portable(const uint8_t *in, unsigned bits, uint32_t *out);
void cp_unpack_ascending_portable(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out);
void cp_score_saturating_portable(size_t count, const uint32_t *documents, const uint32_t *frequencies, const uint8_t *norms,
                                  const float *inverse, float weight, float *scores);
void cp_bound_blocks_portable(size_t blocks, const uint32_t *starts, const uint32_t *impacts, const float *inverse, float weight,
                              float *bounds);
size_t cp_intersect_portable(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b);
size_t cp_select_portable(size_t count, const float *scores, double rest, float needed, uint32_t *indices);
size_t cp_harvest_portable(size_t count, double *sums, double rest, float needed, uint32_t base, uint32_t *documents, double *taken);
/// The vector builds of the last four, in files of their own.
void cp_bound_blocks_avx512(size_t blocks, const uint32_t *starts, const uint32_t *impacts, const float *inverse, float weight,
                            float *bounds);
size_t cp_intersect_avx512(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b);
size_t cp_intersect_avx2(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b);
size_t cp_select_avx512(size_t count, const float *scores, double rest, float needed, uint32_t *indices);
size_t cp_harvest_avx512(size_t count, double *sums, double rest, float needed, uint32_t base, uint32_t *documents, double *taken);
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi")))
#endif

extern const cp_kernels cp_portable, cp_avx2, cp_avx512, cp_neon;
#endif
