/// Learned-sparse postings: bounds of blocks, scores of blocks, and products of short vectors.
///
/// A block is 16 documents; a word is 64 blocks. Functions may read, never write, up to CP_PADDING bytes behind an array.
#ifndef CSPARSE_H
#define CSPARSE_H
#include <stddef.h>
#include <stdint.h>

#define CS_BLOCK 16
#define CS_WORD 64
/// Bits of the filter in a cs_query.
#define CS_FILTER 1024

/// The postings of a term, with its weight in a query.
typedef struct {
    /// A bit a block: whether it has postings.
    const uint64_t *blocks;
    /// For each word: how many blocks with postings, and how many postings, are before it.
    const uint32_t *ranks;
    /// For each block with postings: its highest weight, as ceil(255 * weight / the term's highest).
    const uint8_t *bounds;
    /// For each block with postings: a bit a document.
    const uint16_t *documents;
    /// For each posting: the bits of a positive float, without its lowest 15.
    const uint16_t *weights;
    /// The weight in the query.
    float weight;
    /// What a bound of 256 adds to the bound of a block.
    uint16_t factor;
} cs_term;

/// The postings of one term in one block.
typedef struct {
    const uint16_t *weights;
    float weight;
    uint16_t documents;
} cs_place;

/// A query for products: numbers below 65,536 with factors below 32,768.
typedef struct {
    /// The factor of each number; one more is readable.
    const uint16_t *factors;
    /// Bit (number mod CS_FILTER) is set where the factor is not 0.
    uint16_t filter[CS_FILTER / 16];
} cs_query;

typedef struct {
    /// bounds[64 * w + b] += sum over terms of (bound * factor >> 8), for `words` words from `first` on; maxima[w] = the highest
    /// of word w. `bounds` and `maxima` begin with word `first`. Sums must stay below 65,536.
    void (*add_bounds)(const cs_term *terms, size_t count, size_t first, size_t words, uint16_t *bounds, uint16_t *maxima);
    /// The places of all terms that have postings in a block; their weights are on the way into the cache. Returns how many.
    size_t (*locate)(const cs_term *terms, size_t count, uint32_t block, cs_place *places);
    /// scores[d] = the sum of weight * posting of all places, products in float32, sums in float64, the result rounded to
    /// float32. Returns the documents that have a posting and score at least `least`.
    uint32_t (*score_block)(const cs_place *places, size_t count, float least, float *scores);
    /// The sum of factors[numbers[i]] * weights[i]; must stay below 2^31.
    uint32_t (*product)(const cs_query *query, const uint16_t *numbers, const uint8_t *weights, size_t count);
} cs_kernels;

/// The best build that this machine runs; NEEDLETAIL_CPU=portable asks for the plain one. Never null.
const cs_kernels *cs_kernels_best(void);

/// The plain build, which the others equal bit for bit.
const cs_kernels *cs_kernels_portable(void);

/// Asks for the memory that `locate` will read.
void cs_prefetch(const cs_term *terms, size_t count, uint32_t block);

/// Asks for the memory of a vector of some 146 numbers with weights, from a multiple of 64 bytes on.
static inline void cs_prefetch_bytes(const void *start) {
    for (int line = 0; line < 7; line++) __builtin_prefetch((const char *)start + 64 * line);
}

/// Sets the bits of all documents that have the term.
void cs_mark(const cs_term *term, size_t words, uint64_t *documents);

/// Whether ranks, blocks and documents agree with each other and with the counts, so that no other function leaves the arrays.
int cs_is_sound(const uint64_t *blocks, const uint32_t *ranks, const uint16_t *documents, size_t words, uint32_t block_count,
                uint32_t posting_count, uint32_t document_count);

#endif
