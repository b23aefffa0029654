/// Blocks of 128 integers, packed to a fixed number of bits, and what is done with whole blocks at once.
///
/// Layout: value i takes the bits [i * bits, (i + 1) * bits) of the block, counted from the lowest bit of the first byte; a block
/// of 128 is exactly 16 * bits bytes. Functions may read, never write, up to CP_PADDING bytes behind a block.
#ifndef CPOSTINGS_H
#define CPOSTINGS_H
#include <stddef.h>
#include <stdint.h>

#define CP_BLOCK 128
#define CP_PADDING 64

/// The builds of the kernels; all give the same results, bit for bit.
typedef enum {
    CP_PORTABLE,
    CP_AVX2,
    CP_AVX512,
    CP_NEON,
} cp_variant;

typedef struct {
    cp_variant variant;
    /// 128 values of 0...32 bits.
    void (*unpack)(const uint8_t *in, unsigned bits, uint32_t *out);
    /// 128 ascending numbers, of which the differences, less one, are packed; `before` is what the first one is counted from.
    void (*unpack_ascending)(const uint8_t *in, unsigned bits, uint32_t before, uint32_t *out);
    /// scores[i] = weight - weight / (1 + frequencies[i] * inverse[norms[documents[i]]]), each step rounded to float32; a null
    /// `norms` stands for 1 everywhere.
    void (*score_saturating)(size_t count, const uint32_t *documents, const uint32_t *frequencies, const uint8_t *norms,
                             const float *inverse, float weight, float *scores);
    /// bounds[b] = the highest such score of the pairs of block b: impacts[starts[b]] up to, without, impacts[starts[b + 1]], the
    /// norm in the upper eight bits, the frequency in the lower 24 (all of them set: unbounded, which scores `weight`). 0 without pairs.
    void (*bound_blocks)(size_t blocks, const uint32_t *starts, const uint32_t *impacts, const float *inverse, float weight,
                         float *bounds);
    /// The values that two strictly ascending arrays share: in_a[i] and in_b[i] tell where each stands. Returns how many there are;
    /// in_a and in_b have room for a_count numbers.
    size_t (*intersect)(size_t a_count, const uint32_t *a, size_t b_count, const uint32_t *b, uint32_t *in_a, uint32_t *in_b);
    /// The indices, ascending, of scores for which (float)(score + rest) >= needed. Returns how many there are.
    size_t (*select)(size_t count, const float *scores, double rest, float needed, uint32_t *indices);
    /// Takes from a window of sums those that were added to and for which (float)(sum + rest) >= needed, with their documents
    /// (base + index), ascending; leaves the window empty, which is -0.0 everywhere. `count` is a multiple of 8. Returns how many
    /// were taken.
    size_t (*harvest)(size_t count, double *sums, double rest, float needed, uint32_t base, uint32_t *documents, double *taken);
} cp_kernels;

/// The best build that this machine runs; the environment variable NEEDLETAIL_CPU=portable asks for the plain one. Never null.
const cp_kernels *cp_kernels_best(void);

/// A certain build; null where this machine does not run it.
const cp_kernels *cp_kernels_of(cp_variant variant);

/// The bits that the largest of the values needs, 0...32.
unsigned cp_bits(const uint32_t *in, size_t count);

/// Packs `count` values to (count * bits + 7) / 8 bytes, which are overwritten.
void cp_pack(const uint32_t *in, size_t count, unsigned bits, uint8_t *out);

/// One of the values of a block.
static inline uint32_t cp_unpack_at(const uint8_t *in, unsigned bits, unsigned index) {
    uint64_t window;
    __builtin_memcpy(&window, in + index * bits / 8, 8);
    return (uint32_t)(window >> index * bits % 8 & ((UINT64_C(1) << bits) - 1));
}

/// sums[documents[i] - base] += scores[i] for documents below `end`. Returns how many were taken.
size_t cp_accumulate(size_t count, const uint32_t *documents, const float *scores, uint32_t base, uint32_t end, double *sums);

/// Two ascending lists of documents and their sums as one; documents of both have the sum of both. Returns its length; there must
/// be room for both lists.
size_t cp_merge(size_t a_count, const uint32_t *a, const double *a_sums, size_t b_count, const uint32_t *b, const float *b_scores,
                uint32_t *documents, double *sums);

/// The sum of all values.
uint64_t cp_sum(const uint32_t *values, size_t count);

/// Marks (documents[i] - base) in the bit set `seen`, for documents below `end`. Returns how many were taken.
size_t cp_mark(size_t count, const uint32_t *documents, uint32_t base, uint32_t end, uint64_t *seen);

/// bounds[b] = the highest of scores[starts[b] - starts[0]] up to, without, scores[starts[b + 1] - starts[0]], at least 0.
void cp_block_bounds(size_t blocks, const uint32_t *starts, const float *scores, float *bounds);

/// ranges[r] = the highest bound of the blocks that have documents d with d >> shift == r, else 0, for r < count. Block b is of
/// documents up to last[b] (counted from behind the block before); last ascends, last[blocks - 1] >> shift < count.
void cp_range_bounds(size_t blocks, const uint32_t *last, const float *bounds, unsigned shift, size_t count, float *ranges);

/// The first index at or after `from` whose value is not below the target; `count` when there is none. Values ascend.
size_t cp_lower_bound(const uint32_t *values, size_t from, size_t count, uint32_t target);

/// Brings memory nearer that will be read soon; any address will do.
static inline void cp_prefetch(const void *address) { __builtin_prefetch(address); }

/// CRC-32C (Castagnoli) of further bytes; begin with 0.
uint32_t cp_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
