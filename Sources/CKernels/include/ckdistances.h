/// Distances between one vector and many: rows of float32, of signed bytes, of bits, and of float32 vectors rounded to bytes.
///
/// Rules that hold for every kernel:
/// - What is computed for a row depends on the row, the query and their length only, never on the other rows of the call.
/// - `ids` names the rows; NULL stands for `first`, `first + 1`, ... With `ids`, rows are fetched ahead of their use.
/// - Byte rows hold value + 128, and are as long as CK_CODE_ALIGNMENT wants: what stands behind the last value is not used,
///   but read. Queries of bytes are plain signed values, with zeros behind the last one.
/// - Integer results are exact up to 16,384 dimensions.
#ifndef CKDISTANCES_H
#define CKDISTANCES_H

#include <stddef.h>
#include <stdint.h>

/// Byte rows, and queries for them, are as long as the next multiple of so many bytes.
#define CK_CODE_ALIGNMENT 64

/// What is computed for a pair of vectors. The numbers are part of the interface between Swift and C.
typedef enum {
    CK_PRODUCT = 0,  ///< sum of x y
    CK_SQUARES = 1,  ///< sum of (x - y)^2
    CK_ABSOLUTE = 2, ///< sum of |x - y|
    CK_LARGEST = 3,  ///< largest |x - y|
} ck_comparison;

/// Rows to compare a query with.
typedef struct {
    const void *rows;     ///< [..][stride bytes]
    size_t stride;        ///< bytes from row to row
    const uint32_t *ids;  ///< [count] row numbers, or NULL
    size_t first;         ///< the first row if `ids` is NULL
    size_t count;
} ck_row_list;

/// distance = base + weight * scales[row] * (code . query) + norms[row]^2 - error_weight * errors[row]
///
/// The codes of a row, times its scale, are its values, rounded.
typedef struct {
    const int8_t *query;  ///< [stride]
    int32_t query_sum;    ///< sum of the query's values
    float base;
    float weight;
    float error_weight;
    const float *scales;  ///< one for each row
    const float *norms;   ///< one for each row, or NULL: 0
    const float *errors;  ///< one for each row, or NULL: 0
} ck_code_query;

/// The distance kernels of one build.
typedef struct {
    /// out[i] of float32 rows of n values. Rows need no alignment.
    void (*floats)(ck_comparison comparison, const float *query, const ck_row_list *list, size_t n, float *out);
    /// out[i] of byte rows of n values.
    void (*bytes)(ck_comparison comparison, const int8_t *query, const ck_row_list *list, size_t n, int32_t *out);
    /// out[i] of float32 rows that are stored as bytes with a scale.
    void (*codes)(const ck_code_query *query, const ck_row_list *list, float *out);
    /// out[i] = the number of bits that differ; n bytes, a multiple of 8.
    void (*bits)(const uint8_t *query, const ck_row_list *list, size_t n, int32_t *out);
} ck_distances;

/// Rounds a vector to codes: values = scale * (code - 128) + rest, every |rest| at most scale / 2.
///
/// The largest value becomes 127 steps. `codes` gets `stride` bytes, 128 behind the last value; `rest` the Euclidean norm of the
/// rests, rounded up. Returns the scale, 0 for a vector of zeros. Values must be finite.
float ck_encode_row(const float *values, size_t n, uint8_t *codes, size_t stride, float *rest);

/// Codes as a query for other codes: out[i] = codes[i] - 128. Returns their sum.
int32_t ck_codes_as_query(const uint8_t *codes, size_t stride, int8_t *out);

/// The indices i, ascending, of values that are not above the limit (NaN is not); returns how many. `out` has room for `count`.
size_t ck_indices_below(const float *values, size_t count, float limit, uint32_t *out);

/// Asks for a line of memory that will soon be read.
static inline void ck_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Plain loops, for tests: the meaning of the kernels above, for one row.
double ck_reference_floats(ck_comparison comparison, const float *query, const float *row, size_t n);
int64_t ck_reference_bytes(ck_comparison comparison, const int8_t *query, const uint8_t *row, size_t n);
double ck_reference_codes(const ck_code_query *query, const uint8_t *codes, size_t stride, size_t row);
int64_t ck_reference_bits(const uint8_t *query, const uint8_t *row, size_t n);

#endif
