// The build for x86-64 with AVX-512 and VBMI2 (Ice Lake and later, Zen 4 and later).
#include "sparse_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "sparse_locate.inc"
#pragma STDC FP_CONTRACT OFF
#define AVX512 __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))

AVX512 static void add_bounds(const cs_term *terms, size_t count, size_t first, size_t words, uint16_t *bounds,
                              uint16_t *maxima) {
    const __m512i zero = _mm512_setzero_si512();
    const __m512i lower = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), upper = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    for (size_t w = 0; w < words; w++, bounds += CS_WORD) {
        // The blocks of the even and of the odd eighths; put in order at the end.
        __m512i even = zero, odd = zero;
        for (size_t t = 0; t < count; t++) {
            const uint64_t bits = terms[t].blocks[first + w];
            if (bits == 0) continue;
            const __m512i packed = _mm512_loadu_si512(terms[t].bounds + terms[t].ranks[2 * (first + w)]);
            const __m512i spread = _mm512_maskz_expand_epi8(bits, packed);
            const __m512i factor = _mm512_set1_epi16((short)terms[t].factor);
            even = _mm512_add_epi16(even, _mm512_mulhi_epu16(_mm512_unpacklo_epi8(zero, spread), factor));
            odd = _mm512_add_epi16(odd, _mm512_mulhi_epu16(_mm512_unpackhi_epi8(zero, spread), factor));
        }
        __m512i low = _mm512_loadu_si512(bounds), high = _mm512_loadu_si512(bounds + 32);
        low = _mm512_add_epi16(low, _mm512_permutex2var_epi64(even, lower, odd));
        high = _mm512_add_epi16(high, _mm512_permutex2var_epi64(even, upper, odd));
        _mm512_storeu_si512(bounds, low);
        _mm512_storeu_si512(bounds + 32, high);
        const __m512i both = _mm512_max_epu16(low, high);
        const __m256i half = _mm256_max_epu16(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
        const __m128i eight = _mm_max_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
        // The instruction knows the lowest only.
        const __m128i lowest = _mm_minpos_epu16(_mm_xor_si128(eight, _mm_set1_epi16(-1)));
        maxima[w] = (uint16_t)~_mm_extract_epi16(lowest, 0);
    }
}

AVX512 static uint32_t score_block(const cs_place *places, size_t count, float least, float *scores) {
    __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
    uint32_t seen = 0;
    for (size_t p = 0; p < count; p++) {
        const uint16_t documents = places[p].documents;
        const __m256i packed = _mm256_loadu_si256((const __m256i *)places[p].weights);
        const __m512i stored = _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_expand_epi16(documents, packed)), 15);
        const __m512 products = _mm512_mul_ps(_mm512_castsi512_ps(stored), _mm512_set1_ps(places[p].weight));
        low = _mm512_add_pd(low, _mm512_cvtps_pd(_mm512_castps512_ps256(products)));
        high = _mm512_add_pd(high, _mm512_cvtps_pd(_mm512_extractf32x8_ps(products, 1)));
        seen |= documents;
    }
    const __m512 sums = _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(low)), _mm512_cvtpd_ps(high), 1);
    _mm512_storeu_ps(scores, sums);
    return _mm512_mask_cmp_ps_mask((__mmask16)seen, sums, _mm512_set1_ps(least), _CMP_GE_OQ);
}

AVX512 static uint32_t product(const cs_query *query, const uint16_t *numbers, const uint8_t *weights, size_t count) {
    const __m512i low = _mm512_loadu_si512(query->filter), high = _mm512_loadu_si512(query->filter + 32);
    const __m512i one = _mm512_set1_epi16(1), fifteen = _mm512_set1_epi16(15);
    __m512i sum = _mm512_setzero_si512();
    while (count > 0) {
        // Numbers that may have a factor, put side by side; up to 128 at a time.
        uint16_t kept[128 + 32];
        uint8_t with[128 + 32];
        const size_t piece = count < 128 ? count : 128;
        size_t found = 0;
        for (size_t i = 0; i < piece; i += 32) {
            const __mmask32 lanes = piece - i >= 32 ? 0xffffffffu : (1u << (piece - i)) - 1;
            const __m512i n = _mm512_maskz_loadu_epi16(lanes, numbers + i);
            const __m512i bits = _mm512_permutex2var_epi16(low, _mm512_srli_epi16(n, 4), high);
            const __m512i shifted = _mm512_srlv_epi16(bits, _mm512_and_si512(n, fifteen));
            const __mmask32 may = _mm512_mask_test_epi16_mask(lanes, shifted, one);
            _mm512_storeu_si512(kept + found, _mm512_maskz_compress_epi16(may, n));
            const __m256i w = _mm256_maskz_loadu_epi8(lanes, weights + i);
            _mm256_storeu_si256((__m256i *)(with + found), _mm256_maskz_compress_epi8(may, w));
            found += (size_t)_mm_popcnt_u32(may);
        }
        for (size_t i = 0; i < found; i += 16) {
            const __mmask16 lanes = found - i >= 16 ? 0xffff : (__mmask16)((1u << (found - i)) - 1);
            const __m512i at = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(kept + i)));
            // Two factors a lane; the second meets the zero above the weight.
            const __m512i pairs = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), lanes, at, query->factors, 2);
            const __m512i w = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(with + i)));
            sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, w));
        }
        numbers += piece;
        weights += piece;
        count -= piece;
    }
    return (uint32_t)_mm512_reduce_add_epi32(sum);
}

AVX512 static size_t locate(const cs_term *terms, size_t count, uint32_t block, cs_place *places) {
    return locate_places(terms, count, block, places);
}

const cs_kernels cs_avx512 = {add_bounds, locate, score_block, product};
#endif
