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
    /// The same of pairs: the norm in the upper eight bits, the frequency in the lower 24.
    void (*score_impacts)(size_t count, const uint32_t *impacts, const float *inverse, float weight, float *scores);
} cp_kernels;

/// The best build that this machine runs; the environment variable NEEDLETAIL_CPU=portable asks for the plain one. Never null.
const cp_kernels *cp_kernels_best(void);

/// A certain build; null where this machine does not run it.
const cp_kernels *cp_kernels_of(cp_variant variant);

/// The bits that the largest of the values needs, 0...32.
unsigned cp_bits(const uint32_t *in, size_t count);

/// Packs `count` values to (count * bits + 7) / 8 bytes, which are overwritten.
void cp_pack(const uint32_t *in, size_t count, unsigned bits, uint8_t *out);

/// sums[documents[i] - base] += scores[i], and marks (documents[i] - base) in the bit set `seen`, for documents below `end`.
/// Returns how many were taken.
size_t cp_accumulate(size_t count, const uint32_t *documents, const float *scores, uint32_t base, uint32_t end, double *sums,
                     uint64_t *seen);

/// Marks (documents[i] - base) in the bit set `seen`, for documents below `end`. Returns how many were taken.
size_t cp_mark(size_t count, const uint32_t *documents, uint32_t base, uint32_t end, uint64_t *seen);

/// bounds[b] = the highest of scores[starts[b] - starts[0]] up to, without, scores[starts[b + 1] - starts[0]], at least 0.
void cp_block_bounds(size_t blocks, const uint32_t *starts, const float *scores, float *bounds);

/// For each block b, of documents up to last[b] (counted from behind the block before), raises ranges[d >> shift] to bounds[b] for
/// all its documents d.
void cp_range_bounds(size_t blocks, const uint32_t *last, const float *bounds, unsigned shift, float *ranges);

/// The first index at or after `from` whose value is not below the target; `count` when there is none. Values ascend.
size_t cp_lower_bound(const uint32_t *values, size_t from, size_t count, uint32_t target);

/// CRC-32C (Castagnoli) of further bytes; begin with 0.
uint32_t cp_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
