// The builds for x86-64: AVX2, and AVX-512 with VBMI (Ice Lake and later, Zen 4 and later).
#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma STDC FP_CONTRACT OFF

AVX2 static inline __m256i window8(const uint8_t *in, unsigned bits, __m256i bytes, __m256i shifts, __m256i mask) {
    const __m128i low = _mm_loadu_si128((const __m128i *)in);
    const __m128i high = _mm_loadu_si128((const __m128i *)(in + bits / 2));
    const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    return _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(both, bytes), shifts), mask);
}

AVX2 static void unpack_avx2(const uint8_t *in, unsigned bits, uint32_t *out) {
    if (bits == 0 || !cp_window_tables.window_fits[bits]) {
        cp_unpack_portable(in, bits, out);
        return;
    }
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)cp_window_tables.bytes8[bits]);
    const __m256i shifts = _mm256_loadu_si256((const __m256i *)cp_window_tables.shifts8[bits]);
    const __m256i mask = _mm256_set1_epi32((int)(uint32_t)((1ull << bits) - 1));
    for (size_t i = 0; i < CP_BLOCK; i += 8, in += bits) {
        _mm256_storeu_si256((__m256i *)(out + i), window8(in, bits, bytes, shifts, mask));
    }
}

AVX2 static void unpack_ascending_avx2(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out) {
    unpack_avx2(in, bits, out);
    __m256i base = _mm256_set1_epi32((int)before);
    const __m256i one = _mm256_set1_epi32(1), last = _mm256_set1_epi32(7);
    for (size_t i = 0; i < CP_BLOCK; i += 8) {
        __m256i x = _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)(out + i)), one);
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 4));
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 8));
        const __m256i low = _mm256_permute2x128_si256(x, x, 0x08);  // zero, low half
        x = _mm256_add_epi32(x, _mm256_shuffle_epi32(low, 0xff));
        x = _mm256_add_epi32(x, base);
        base = _mm256_permutevar8x32_epi32(x, last);
        _mm256_storeu_si256((__m256i *)(out + i), x);
    }
}

AVX2 static void score_saturating_avx2(size_t count, const uint32_t *documents, const uint32_t *frequencies,
                                       const uint8_t *norms, const float *inverse, float weight, float *scores) {
    const __m256 one = _mm256_set1_ps(1), w = _mm256_set1_ps(weight);
    const __m256i byte = _mm256_set1_epi32(0xff);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 inverses;
        if (norms) {
            const __m256i d = _mm256_loadu_si256((const __m256i *)(documents + i));
            const __m256i n = _mm256_and_si256(_mm256_i32gather_epi32((const int *)(const void *)norms, d, 1), byte);
            inverses = _mm256_i32gather_ps(inverse, n, 4);
        } else {
            inverses = _mm256_set1_ps(inverse[1]);
        }
        const __m256 f = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)(frequencies + i)));
        const __m256 divisor = _mm256_add_ps(one, _mm256_mul_ps(f, inverses));
        _mm256_storeu_ps(scores + i, _mm256_sub_ps(w, _mm256_div_ps(w, divisor)));
    }
    cp_score_saturating_portable(count - i, documents + i, frequencies + i, norms, inverse, weight, scores + i);
}

const cp_kernels cp_avx2 = {CP_AVX2, unpack_avx2, unpack_ascending_avx2, score_saturating_avx2, cp_bound_blocks_portable,
                            cp_intersect_avx2, cp_select_portable, cp_harvest_portable};

AVX512 static inline __m512i window16(const uint8_t *in, __m512i bytes, __m512i shifts, __m512i mask) {
    const __m512i all = _mm512_loadu_si512(in);
    return _mm512_and_si512(_mm512_srlv_epi32(_mm512_permutexvar_epi8(bytes, all), shifts), mask);
}

AVX512 static void unpack_avx512(const uint8_t *in, unsigned bits, uint32_t *out) {
    if (!cp_window_tables.window_fits[bits]) {
        cp_unpack_portable(in, bits, out);
        return;
    }
    const __m512i bytes = _mm512_loadu_si512(cp_window_tables.bytes16[bits]);
    const __m512i shifts = _mm512_loadu_si512(cp_window_tables.shifts16[bits]);
    const __m512i mask = _mm512_set1_epi32((int)(uint32_t)((1ull << bits) - 1));
    for (size_t i = 0; i < CP_BLOCK; i += 16, in += 2 * bits) {
        _mm512_storeu_si512(out + i, window16(in, bytes, shifts, mask));
    }
}

AVX512 static void unpack_ascending_avx512(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out) {
    const bool fits = cp_window_tables.window_fits[bits];
    if (!fits) cp_unpack_portable(in, bits, out);
    const __m512i bytes = _mm512_loadu_si512(cp_window_tables.bytes16[bits]);
    const __m512i shifts = _mm512_loadu_si512(cp_window_tables.shifts16[bits]);
    const __m512i mask = _mm512_set1_epi32((int)(uint32_t)((1ull << bits) - 1));
    const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi32(1), last = _mm512_set1_epi32(15);
    __m512i base = _mm512_set1_epi32((int)before);
    for (size_t i = 0; i < CP_BLOCK; i += 16, in += 2 * bits) {
        __m512i x = fits ? window16(in, bytes, shifts, mask) : _mm512_loadu_si512(out + i);
        x = _mm512_add_epi32(x, one);
        x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 15));
        x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 14));
        x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 12));
        x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 8));
        x = _mm512_add_epi32(x, base);
        base = _mm512_permutexvar_epi32(last, x);
        _mm512_storeu_si512(out + i, x);
    }
}

AVX512 static void score_saturating_avx512(size_t count, const uint32_t *documents, const uint32_t *frequencies,
                                           const uint8_t *norms, const float *inverse, float weight, float *scores) {
    const __m512 one = _mm512_set1_ps(1), w = _mm512_set1_ps(weight);
    const __m512i byte = _mm512_set1_epi32(0xff);
    for (size_t i = 0; i < count; i += 16) {
        const __mmask16 lanes = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        __m512 inverses;
        if (norms) {
            const __m512i d = _mm512_maskz_loadu_epi32(lanes, documents + i);
            const __m512i raw = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), lanes, d, norms, 1);
            inverses = _mm512_i32gather_ps(_mm512_and_si512(raw, byte), inverse, 4);
        } else {
            inverses = _mm512_set1_ps(inverse[1]);
        }
        const __m512 f = _mm512_cvtepi32_ps(_mm512_maskz_loadu_epi32(lanes, frequencies + i));
        const __m512 divisor = _mm512_add_ps(one, _mm512_mul_ps(f, inverses));
        _mm512_mask_storeu_ps(scores + i, lanes, _mm512_sub_ps(w, _mm512_div_ps(w, divisor)));
    }
}

const cp_kernels cp_avx512 = {CP_AVX512, unpack_avx512, unpack_ascending_avx512, score_saturating_avx512, cp_bound_blocks_avx512,
                              cp_intersect_avx512, cp_select_avx512, cp_harvest_avx512};
#endif
