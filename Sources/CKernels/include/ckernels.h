/// Numeric kernels of the encoders: matrix products over packed weights in float32, bfloat16 and int8, attention,
/// normalisation, activations and pooling.
///
/// There are several builds of the same kernels (portable C, AVX2 with FMA, AVX-512, NEON, the latter three with and
/// without the int8 and bfloat16 instructions of newer CPUs). One table of function pointers per build; the process picks one table once, by what the CPU and the
/// operating system support.
///
/// Rules that hold for every kernel:
/// - The arithmetic of one output row is done in an order that depends on the row's own shape only (K, N, number of
///   keys), never on the number of rows, the split into tiles, the batch or the thread. So a row has the same bits
///   alone, in any batch and with any thread count. Between builds, results differ by rounding only.
/// - Matrices are row-major; strides ("ld") count floats. Pointers need the alignment of a float only; 64-byte aligned
///   rows are faster.
/// - No kernel allocates. Scratch memory is the caller's.
/// - A NaN in a row's input gives NaN in what is computed from it, except for `splade_max` and `pool_max`, where the
///   order of comparisons decides; callers that must not lose one ask `all_finite` first. Infinite inputs are not an
///   error; what they turn into follows the formulas.
///
/// Letters: M rows, N columns (outputs), K reduction length, T packed token rows, B sequences, D head size, V vocabulary.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ckdistances.h"
#include "cktraining.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Columns of one panel of packed weights. The same for every build, so that packed weights can be shared.
#define CK_PANEL 32

/// Builds of the kernels; those for one architecture stand together, slowest first.
typedef enum {
    CK_PORTABLE = 0,
    CK_AVX2 = 1,
    CK_AVX2_VNNI = 2,   ///< int8 by vpdpbusd on 256 bits, bfloat16 by widening to float32
    CK_AVX512 = 3,
    CK_AVX512_VNNI = 4, ///< int8 by vpdpbusd, bfloat16 by widening to float32
    CK_AVX512_BF16 = 5, ///< int8 by vpdpbusd, bfloat16 by vdpbf16ps
    CK_NEON = 6,        ///< any 64-bit Arm: int8 by smull, bfloat16 by widening to float32
    CK_NEON_DOTPROD = 7, ///< int8 by sdot, bfloat16 by widening to float32
    CK_NEON_BF16 = 8,   ///< int8 by usdot, bfloat16 by bfdot
} ck_variant;

/// Arithmetic of a matrix product. The numbers are part of the interface between Swift and C.
typedef enum {
    CK_FP32 = 0,
    CK_BF16 = 1, ///< weights rounded to bfloat16, sums in float32; inputs rounded too where the build says so
    CK_INT8 = 2, ///< weights int8 with a scale per output, inputs int8 with a scale per row, sums exact in int32
} ck_precision;

/// Element-wise functions. The numbers are part of the interface between Swift and C.
typedef enum {
    CK_IDENTITY = 0,
    CK_GELU = 1,        ///< x * Phi(x), with the error function
    CK_GELU_TANH = 2,   ///< 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
    CK_QUICK_GELU = 3,  ///< x * sigmoid(1.702 x)
    CK_RELU = 4,
    CK_SILU = 5,        ///< x * sigmoid(x)
    CK_TANH = 6,
    CK_SIGMOID = 7,
    CK_RELU_SQUARED = 8,
    CK_RELU6 = 9,
    CK_LEAKY_RELU = 10, ///< slope 0.01 below zero
    CK_MISH = 11,       ///< x * tanh(log(1 + e^x))
    CK_GELU_CLIPPED = 12, ///< GELU limited to -10...10
    CK_LOG1P_RELU = 13, ///< log(1 + max(x, 0)), SPLADE's saturation
    CK_LOG1P_LOG1P_RELU = 14, ///< the same with a second log(1 + x)
    CK_HARD_SWISH = 15, ///< x * min(max(x + 3, 0), 6) / 6
} ck_activation;

/// Rows of activations in the form that a matrix product reads.
///
/// float32: the rows themselves. Other precisions: what `prepare` or `layer_norm` of the same build wrote; the layout
/// is the build's own.
typedef struct {
    void *rows;           ///< [M][stride bytes]
    size_t stride;        ///< bytes from row to row; at least `operand_stride(precision, K)`
    float *scale;         ///< int8: [M] value of one step, else NULL
    int32_t *start;       ///< int8: [M] what the sums start with: -128 * sum of the row where weights stay + 128, else 0
} ck_operand;

/// C = activation(A * W^T + bias) (+ residual, added before the activation).
///
/// bfloat16 and int8 compute CK_GELU by a polynomial with an absolute error below 2e-4 + 3e-7 |x|.
typedef struct {
    ck_precision precision;
    ck_operand a;         ///< [M] rows of K columns
    size_t m;
    size_t k;
    const void *panels;   ///< what `ck_pack_rows` wrote: [ceil(N / 32)][`ck_panel_bytes`]
    const float *column_scale; ///< int8: [ceil(N / 32) * 32], else NULL
    const float *bias;    ///< [ceil(N / 32) * 32], or NULL
    size_t n;             ///< outputs of the whole packed matrix
    size_t panel_begin;   ///< first panel to compute
    size_t panel_end;     ///< one behind the last
    const float *residual; ///< [M][ldr] at the same place as `c`, or NULL; may be `c` itself
    size_t ldr;
    float *c;             ///< [M][ldc]; column 0 is the first column of `panel_begin`. Must not overlap `a`.
    size_t ldc;
    ck_activation activation;
} ck_gemm_args;

/// One head of one sequence: softmax(scale * Q K^T + relative position bias) V.
typedef struct {
    const float *q;       ///< [queries][ldq]
    size_t ldq;
    size_t queries;       ///< rows of Q; 1 for the first-token-only last layer
    const float *k;       ///< [keys][ldk]
    size_t ldk;
    const float *v;       ///< [keys][ldv]; columns up to the next multiple of 32 behind `head_size` are readable
    size_t ldv;
    size_t keys;
    size_t head_size;
    float scale;
    const float *relative; ///< NULL, or the centre of a table: query i and key j add relative[i - j]
    size_t first_query;   ///< position of query row 0 in the sequence (for `relative`)
    float *out;           ///< [queries][ldo], `head_size` columns written
    size_t ldo;
    float *scratch;       ///< `ck_attention_scratch(keys, head_size)` floats
    const ck_attention_dropout *dropout; ///< drops probabilities, in training; else NULL
} ck_attention_args;

/// Vocabulary projection and max (or sum) pooling over the tokens of each sequence, without the T x V matrix.
typedef struct {
    ck_precision precision;
    ck_operand a;         ///< [T] packed token rows
    const int32_t *offsets; ///< B + 1 row numbers into `a`
    size_t sequences;
    size_t k;
    const void *panels;   ///< packed [V][K], as in `ck_gemm_args`
    const float *column_scale; ///< as in `ck_gemm_args`
    const float *bias;    ///< padded as in `ck_gemm_args`, or NULL
    size_t n;             ///< V
    size_t panel_begin, panel_end;
    ck_activation activation; ///< CK_RELU, CK_LOG1P_RELU or CK_LOG1P_LOG1P_RELU (none decreases: the maximum may be taken first)
    bool sum;             ///< false: maximum over tokens, true: sum over tokens
    float *out;           ///< [B][ldo], column 0 is vocabulary entry 0
    size_t ldo;
} ck_splade_args;

/// How the rows of a sequence become one row.
typedef enum {
    CK_POOL_MEAN = 0,
    CK_POOL_MEAN_SQRT = 1, ///< sum / sqrt(number of tokens)
    CK_POOL_MAX = 2,
    CK_POOL_WEIGHTED = 3,  ///< row r weighs `first_weight + r`
} ck_pool_mode;

/// The kernels of one build.
typedef struct {
    ck_variant variant;
    const char *name;     ///< what `NEEDLETAIL_CPU` calls it
    const char *detail;   ///< instruction sets and register tile, for reports

    void (*gemm)(const ck_gemm_args *args);
    /// Bytes of one operand row of K columns; 0 where the product reads the float32 rows themselves.
    size_t (*operand_stride)(ck_precision precision, size_t k);
    /// Makes operand rows of x [rows][ldx], each column multiplied by `inverse_smooth` [K] first if that is given.
    ///
    /// int8: a row's largest absolute value becomes 127. A row with a NaN or an infinity gets the scale NaN or infinity,
    /// so that every product of it is NaN.
    void (*prepare)(ck_precision precision, const float *x, size_t ldx, size_t rows, size_t k,
                    const float *inverse_smooth, const ck_operand *operand);
    void (*attention)(const ck_attention_args *args);
    void (*splade)(const ck_splade_args *args);

    /// y = (x + residual - mean) / sqrt(variance + epsilon) * gamma + beta, row by row; `residual` may be NULL, y may be x.
    /// In the same pass, unless `operand` is NULL, what `prepare` makes of y.
    void (*layer_norm)(const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                       const float *beta, float epsilon, float *y, size_t ldy, size_t rows, size_t n,
                       ck_precision precision, const float *inverse_smooth, const ck_operand *operand);
    /// In place over `rows` rows of `n` columns.
    void (*activate)(ck_activation activation, float *x, size_t ldx, size_t rows, size_t n);
    /// Softmax of each row, in place, after multiplying by `scale`.
    void (*softmax)(float *x, size_t ldx, size_t rows, size_t n, float scale);
    /// y[n] = pooled rows of x; zeros for no rows.
    void (*pool)(ck_pool_mode mode, const float *x, size_t ldx, size_t rows, size_t n, size_t first_weight, float *y);
    /// Each row divided by max(its Euclidean norm, epsilon), in place.
    void (*l2_normalize)(float *x, size_t ldx, size_t rows, size_t n, float epsilon);
    /// out = tokens[id] (+ types[type]) (+ positions[position]), in that order, row by row. Unused tables are NULL.
    void (*embed)(const float *tokens, const int32_t *ids, const float *types, const int32_t *type_ids,
                  const float *positions, const int32_t *position_ids, size_t n, size_t rows, float *out, size_t ldo);
    /// Dot product; the order of additions depends on `n` only.
    float (*dot)(const float *x, const float *y, size_t n);
    /// Whether no value is infinite or NaN.
    bool (*all_finite)(const float *x, size_t ldx, size_t rows, size_t n);
    ck_distances distances;
    ck_training training;
} ck_kernels;

/// The table of one build, or NULL where this CPU (or this compilation) cannot run it.
const ck_kernels *ck_kernels_for(ck_variant variant);

/// What the CPU offers and what `NEEDLETAIL_CPU` asked for.
typedef struct {
    const char *architecture; ///< "x86_64", "aarch64" or "other"
    char vendor[13];
    char brand[49];
    bool avx2_fma;        ///< AVX2 and FMA, with the registers enabled by the operating system
    bool avx512;          ///< F, BW, DQ, VL, with the registers enabled by the operating system
    bool avx512_vnni;
    bool avx512_bf16;
    bool avx_vnni;
    bool neon;            ///< 64-bit Arm
    bool neon_dotprod;
    bool neon_i8mm;
    bool neon_bf16;
    ck_variant best;
    ck_variant chosen;
    bool forced;          ///< `NEEDLETAIL_CPU` was set and obeyed
    bool override_unknown; ///< `NEEDLETAIL_CPU` names no build
    bool override_unsupported; ///< `NEEDLETAIL_CPU` names a build that cannot run here
    char override_value[32];
} ck_cpu;

/// Detected once per process, with `NEEDLETAIL_CPU` as it is at the first call.
const ck_cpu *ck_cpu_info(void);

/// What `ck_cpu_info` would say if `NEEDLETAIL_CPU` were `wish` (NULL or empty: not set). For tests.
ck_cpu ck_cpu_with_override(const char *wish);

/// The table that this process uses: forced by `NEEDLETAIL_CPU`, or the best.
const ck_kernels *ck_active(void);

/// Floats of scratch that `attention` needs for a sequence with `keys` keys.
size_t ck_attention_scratch(size_t keys, size_t head_size);

/// Bytes of one panel of 32 outputs: float32 [K][32], bfloat16 [K / 2][32][2], int8 [K / 4][32][4], K rounded up. In all
/// of them 128 bytes stand side by side: 4 bytes of each of 32 outputs.
size_t ck_panel_bytes(ck_precision precision, size_t k);
/// Packs rows `row_begin ..< row_begin + rows` of a panel set from w [rows][ldw] (K columns used). `panels` is the start
/// of the whole set; rows that are not written must have been zeroed by the caller.
///
/// - smooth: [K] factors on the columns, or NULL.
/// - column_scale: int8 only; the value of one step of each output is written there. int8 rows are symmetric: the
///   largest absolute value becomes 127. Weights must be finite.
void ck_pack_rows(ck_precision precision, const float *w, size_t ldw, size_t rows, size_t k, const float *smooth,
                  void *panels, float *column_scale, size_t row_begin);
/// Packs w [rows][ldw] (n columns used) transposed: its columns are the outputs, its rows the inputs `row_begin ..<
/// row_begin + rows` of k. float32 and bfloat16 only; only some panels are written.
void ck_pack_columns(ck_precision precision, const float *w, size_t ldw, size_t rows, size_t n, size_t k, void *panels,
                     size_t row_begin, size_t panel_begin, size_t panel_end);
/// The inverse of `ck_pack_rows` for float32.
void ck_unpack_rows(const float *panels, size_t row_begin, size_t rows, size_t k, float *w, size_t ldw);

/// How the rows of a stored table are written; nothing in it needs alignment.
typedef enum {
    CK_ROWS_F32 = 0,
    CK_ROWS_BF16 = 1,
    CK_ROWS_INT8 = 2, ///< one float32 factor for each row
} ck_row_storage;

/// Rows `ids[0 ..< rows]` of a table [V][n] as float32 in out [rows][n]. Exact: the same values whatever the build.
///
/// - scales: CK_ROWS_INT8: [V] factors, not aligned either, else NULL.
void ck_gather_rows(ck_row_storage storage, const void *table, const void *scales, const int32_t *ids, size_t rows,
                    size_t n, float *out);

/// Sets flush-to-zero and denormals-are-zero for the calling thread; returns the previous control word.
uint64_t ck_float_mode_enter(void);
/// Restores what `ck_float_mode_enter` returned.
void ck_float_mode_leave(uint64_t previous);
/// CPUs that the scheduler lets this process use, at least 1.
int ck_affinity_cpus(void);
/// Tells the CPU that the caller spins.
void ck_spin_pause(void);

/// Operations per second of one core running nothing but the multiply-add that this build uses for a precision.
/// Runs for about `seconds`. The yardstick of the benchmarks.
double ck_peak_flops(ck_variant variant, ck_precision precision, double seconds);

// Plain loops in double precision, for tests: the meaning of the kernels above.
//
// `a` of the arguments are float32 rows for every precision, w the weights [N][ldw] before packing: the references round or
// quantise by themselves, as the contracts say.
void ck_reference_gemm(const ck_gemm_args *args, const float *inverse_smooth, const float *w, size_t ldw);
void ck_reference_attention(const ck_attention_args *args);
void ck_reference_layer_norm(const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                             const float *beta, float epsilon, float *y, size_t ldy, size_t rows, size_t n);
double ck_reference_activation(ck_activation activation, double x);
void ck_reference_splade(const ck_splade_args *args, const float *inverse_smooth, const float *w, size_t ldw);

#endif
