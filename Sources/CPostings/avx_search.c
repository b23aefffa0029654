// What searches do with decoded blocks, for x86-64.
#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma STDC FP_CONTRACT OFF

AVX2 size_t cp_intersect_avx2(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b) {
    // Whole groups of eight; the rest one by one.
    const size_t grouped = b_count & ~(size_t)7;
    size_t found = 0, i = 0, j = 0;
    for (; i < a_count; i++) {
        while (j < grouped && b[j + 7] < a[i]) j += 8;
        if (j == grouped) break;
        const __m256i group = _mm256_loadu_si256((const __m256i *)(b + j));
        const __m256i equal = _mm256_cmpeq_epi32(group, _mm256_set1_epi32((int)a[i]));
        const unsigned lanes = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(equal));
        in_a[found] = (uint32_t)i;
        in_b[found] = (uint32_t)j + (uint32_t)__builtin_ctz(lanes | 0x100);
        found += lanes != 0;
    }
    const size_t rest = cp_intersect_portable(a_count - i, a + i, b_count - grouped, b + grouped, in_a + found, in_b + found);
    for (size_t k = found; k < found + rest; k++) {
        in_a[k] += (uint32_t)i;
        in_b[k] += (uint32_t)grouped;
    }
    return found + rest;
}

AVX512 size_t cp_intersect_avx512(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a,
                                  uint32_t *in_b) {
    size_t found = 0, j = 0;
    for (size_t i = 0; i < a_count; i++) {
        while (j + 16 <= b_count && b[j + 15] < a[i]) j += 16;
        if (j >= b_count) break;
        const __mmask16 within = b_count - j >= 16 ? 0xffff : (__mmask16)((1u << (b_count - j)) - 1);
        const __m512i group = _mm512_maskz_loadu_epi32(within, b + j);
        const unsigned lanes = _mm512_mask_cmpeq_epi32_mask(within, group, _mm512_set1_epi32((int)a[i]));
        in_a[found] = (uint32_t)i;
        in_b[found] = (uint32_t)j + (uint32_t)__builtin_ctz(lanes | 0x10000);
        found += lanes != 0;
    }
    return found;
}

AVX512 void cp_bound_blocks_avx512(size_t blocks, const uint32_t *starts, const uint32_t *impacts, const float *inverse,
                                   float weight, float *bounds) {
    const __m256i frequencies = _mm256_set1_epi32(0xffffff);
    const __m256 infinite = _mm256_set1_ps(__builtin_inff());
    for (size_t b = 0; b < blocks; b++) {
        __m256 highest = _mm256_setzero_ps();
        for (uint32_t i = starts[b], end = starts[b + 1]; i < end; i += 8) {
            const __mmask8 lanes = end - i >= 8 ? 0xff : (__mmask8)((1u << (end - i)) - 1);
            const __m256i pairs = _mm256_maskz_loadu_epi32(lanes, impacts + i);
            const __m256 inverses = _mm256_mmask_i32gather_ps(highest, lanes, _mm256_srli_epi32(pairs, 24), inverse, 4);
            const __m256i f = _mm256_and_si256(pairs, frequencies);
            const __m256 product = _mm256_mask_blend_ps(
                _mm256_cmpeq_epi32_mask(f, frequencies), _mm256_mul_ps(_mm256_cvtepi32_ps(f), inverses), infinite);
            highest = _mm256_mask_max_ps(highest, lanes, highest, product);
        }
        const __m128 four = _mm_max_ps(_mm256_castps256_ps128(highest), _mm256_extractf128_ps(highest, 1));
        const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
        bounds[b] = _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
    }
    const __m512 one = _mm512_set1_ps(1), w = _mm512_set1_ps(weight);
    for (size_t b = 0; b < blocks; b += 16) {
        const __mmask16 lanes = blocks - b >= 16 ? 0xffff : (__mmask16)((1u << (blocks - b)) - 1);
        const __m512 divisor = _mm512_add_ps(one, _mm512_maskz_loadu_ps(lanes, bounds + b));
        _mm512_mask_storeu_ps(bounds + b, lanes, _mm512_sub_ps(w, _mm512_div_ps(w, divisor)));
    }
}

AVX512 size_t cp_select_avx512(size_t count, const float *scores, double rest, float needed, uint32_t *indices) {
    const __m512d more = _mm512_set1_pd(rest);
    const __m256 least = _mm256_set1_ps(needed);
    __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    size_t selected = 0;
    for (size_t i = 0; i < count; i += 8) {
        const __mmask8 within = count - i >= 8 ? 0xff : (__mmask8)((1u << (count - i)) - 1);
        const __m256 score = _mm256_maskz_loadu_ps(within, scores + i);
        const __m256 most = _mm512_cvtpd_ps(_mm512_add_pd(_mm512_cvtps_pd(score), more));
        const __mmask8 lanes = _mm256_mask_cmp_ps_mask(within, most, least, _CMP_GE_OQ);
        _mm256_mask_compressstoreu_epi32(indices + selected, lanes, index);
        selected += (size_t)__builtin_popcount(lanes);
        index = _mm256_add_epi32(index, _mm256_set1_epi32(8));
    }
    return selected;
}

AVX512 size_t cp_harvest_avx512(size_t count, double *sums, double rest, float needed, uint32_t base, uint32_t *documents,
                                double *taken) {
    const __m512d more = _mm512_set1_pd(rest), empty = _mm512_set1_pd(-0.0);
    const __m256 least = _mm256_set1_ps(needed);
    __m256i document = _mm256_add_epi32(_mm256_set1_epi32((int)base), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    size_t found = 0;
    for (size_t i = 0; i < count; i += 8) {
        const __m512d sum = _mm512_loadu_pd(sums + i);
        _mm512_storeu_pd(sums + i, empty);
        const __mmask8 untouched = _mm512_movepi64_mask(_mm512_castpd_si512(sum));
        const __m256 most = _mm512_cvtpd_ps(_mm512_add_pd(sum, more));
        const __mmask8 lanes = _mm256_mask_cmp_ps_mask((__mmask8)~untouched, most, least, _CMP_GE_OQ);
        if (lanes) {
            _mm256_mask_compressstoreu_epi32(documents + found, lanes, document);
            _mm512_mask_compressstoreu_pd(taken + found, lanes, sum);
            found += (size_t)__builtin_popcount(lanes);
        }
        document = _mm256_add_epi32(document, _mm256_set1_epi32(8));
    }
    return found;
}
#endif
