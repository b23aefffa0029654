// The plain builds for learned-sparse postings, and what needs no other.
#include "sparse_internal.h"
#include <string.h>

#include "sparse_locate.inc"

#pragma STDC FP_CONTRACT OFF

static void add_bounds(const cs_term *terms, size_t count, size_t first, size_t words, uint16_t *bounds, uint16_t *maxima) {
    for (size_t w = 0; w < words; w++) {
        uint16_t *sums = bounds + w * CS_WORD, highest = 0;
        for (size_t t = 0; t < count; t++) {
            uint64_t bits = terms[t].blocks[first + w];
            const uint8_t *in = terms[t].bounds + terms[t].ranks[2 * (first + w)];
            for (; bits; bits &= bits - 1) sums[__builtin_ctzll(bits)] += (uint16_t)(*in++ * (uint32_t)terms[t].factor >> 8);
        }
        for (size_t b = 0; b < CS_WORD; b++) {
            if (sums[b] > highest) highest = sums[b];
        }
        maxima[w] = highest;
    }
}

static uint32_t score_block(const cs_place *places, size_t count, float least, float *scores) {
    double sums[CS_BLOCK] = {0};
    uint32_t seen = 0, found = 0;
    for (size_t p = 0; p < count; p++) {
        const uint16_t *in = places[p].weights;
        seen |= places[p].documents;
        for (uint32_t bits = places[p].documents; bits; bits &= bits - 1) {
            const uint32_t stored = (uint32_t)*in++ << 15;
            float value;
            memcpy(&value, &stored, 4);
            const float product = places[p].weight * value;
            sums[__builtin_ctz(bits)] += product;
        }
    }
    for (unsigned d = 0; d < CS_BLOCK; d++) {
        scores[d] = (float)sums[d];
        if (scores[d] >= least) found |= 1u << d;
    }
    return found & seen;
}

static uint32_t product(const cs_query *query, const uint16_t *numbers, const uint8_t *weights, size_t count) {
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += (uint32_t)query->factors[numbers[i]] * weights[i];
    return sum;
}

static size_t locate(const cs_term *terms, size_t count, uint32_t block, cs_place *places) {
    return locate_places(terms, count, block, places);
}

const cs_kernels cs_portable = {add_bounds, locate, score_block, product};

const cs_kernels *cs_kernels_portable(void) { return &cs_portable; }

void cs_prefetch(const cs_term *terms, size_t count, uint32_t block) {
    const size_t word = block / CS_WORD;
    for (size_t t = 0; t < count; t++) {
        if (!(terms[t].blocks[word] >> block % CS_WORD & 1)) continue;
        const uint16_t *masks = terms[t].documents + terms[t].ranks[2 * word];
        __builtin_prefetch(masks);
        __builtin_prefetch(masks + 32);
    }
}

void cs_mark(const cs_term *term, size_t words, uint64_t *documents) {
    const uint16_t *masks = term->documents;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = term->blocks[w]; bits; bits &= bits - 1) {
            const unsigned block = (unsigned)__builtin_ctzll(bits);
            documents[w * CS_BLOCK + block / 4] |= (uint64_t)*masks++ << 16 * (block % 4);
        }
    }
}

int cs_is_sound(const uint64_t *blocks, const uint32_t *ranks, const uint16_t *documents, size_t words,
                uint32_t block_count, uint32_t posting_count, uint32_t document_count) {
    uint64_t seen = 0, postings = 0;
    for (size_t w = 0; w < words; w++) {
        if (ranks[2 * w] != seen || ranks[2 * w + 1] != postings) return 0;
        const unsigned more = (unsigned)__builtin_popcountll(blocks[w]);
        if (seen + more > block_count) return 0;
        postings += set_bits(documents + seen, more);
        // A block that is named has a document: readers count on it.
        for (uint64_t i = seen; i < seen + more; i++) {
            if (!documents[i]) return 0;
        }
        seen += more;
    }
    if (seen != block_count || postings != posting_count) return 0;
    // Nothing behind the last document.
    for (uint64_t block = (document_count + CS_BLOCK - 1) / CS_BLOCK; block < words * CS_WORD; block++) {
        if (blocks[block / CS_WORD] >> block % CS_WORD & 1) return 0;
    }
    if (document_count % CS_BLOCK && block_count > 0) {
        const uint64_t last = document_count / CS_BLOCK;
        if (blocks[last / CS_WORD] >> last % CS_WORD & 1 && documents[block_count - 1] >> document_count % CS_BLOCK) return 0;
    }
    return 1;
}
