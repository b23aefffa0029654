/// Kernels of training: gradients of what ckernels.h computes, dropout, the optimiser's step.
///
/// Rules that hold for every kernel, beside those of ckernels.h:
/// - What belongs to a row (gradients of inputs, norms, activations, dropout) depends on that row only; attention depends on
///   its own sequence.
/// - Sums over tokens (gradients of weights, biases, norms) are made for all tokens of a call in ascending order, in chunks
///   of CK_TOKEN_CHUNK: each chunk is summed from zero by one chain of multiply-adds over its tokens, and then added to
///   what is there. So their bits depend on the tokens only, not on which outputs or columns a call computes.
/// - Random numbers come from a counter, never from a state: the same place draws the same number on every build, whatever
///   computes beside it.
#ifndef CKTRAINING_H
#define CKTRAINING_H

#include <stddef.h>
#include <stdint.h>

/// Tokens that are summed before their sum is added to a gradient of weights.
#define CK_TOKEN_CHUNK 256

/// Which numbers a dropout draws: those of Philox 4x32-10 with the seed as key and (block, row, site, step) as counter.
///
/// A value is dropped if its 32-bit number is below rate * 2^32, and multiplied by 1 / (1 - rate) otherwise.
///
/// - Rows of a matrix: column c of a row draws word c % 64 / 16 of block c / 64 * 16 + c % 16.
/// - Attention: key j of a query draws word j % 4 of block (head << 16) + j / 4; the row is the query's.
typedef struct {
    uint64_t seed;
    uint32_t step;        ///< number of the forward pass
    uint32_t site;        ///< which dropout of the network
    float rate;           ///< 0 ..< 1
} ck_dropout;

/// Dropout of the probabilities of one head of one sequence.
typedef struct {
    ck_dropout numbers;
    uint32_t first_row;   ///< row of the sequence's first token
    uint32_t head;
} ck_attention_dropout;

/// gradient[n][k] += sum over tokens of dy[t][n] * x[t][k], for some n and k.
///
/// bfloat16: both are rounded where the build multiplies bfloat16, and used as they are elsewhere.
typedef struct {
    int precision;        ///< a ck_precision: CK_FP32 or CK_BF16
    const float *dy;      ///< [tokens][lddy]
    size_t lddy;
    const float *x;       ///< [tokens][ldx]
    size_t ldx;
    size_t tokens;
    size_t row_begin, row_end;       ///< outputs n
    size_t column_begin, column_end; ///< inputs k
    float *gradient;      ///< [N][ldg], row 0 is output 0
    size_t ldg;
    float *scratch;       ///< `ck_weight_gradient_scratch(column_end - column_begin)` floats
} ck_weight_gradient_args;

/// Gradients of one head of one sequence: out = dropped(softmax(scale * Q K^T + relative)) V.
///
/// The probabilities are computed again. dq, dk, dv are written, `drelative` is added to.
typedef struct {
    const float *q;       ///< [tokens][ldq]
    size_t ldq;
    const float *k;
    size_t ldk;
    const float *v;
    size_t ldv;
    const float *dout;    ///< [tokens][lddo], gradient of the head's output
    size_t lddo;
    size_t tokens;
    size_t head_size;
    float scale;
    const float *relative; ///< as in `ck_attention_args`
    const ck_attention_dropout *dropout; ///< or NULL
    float *dq;            ///< [tokens][lddq]
    size_t lddq;
    float *dk;
    size_t lddk;
    float *dv;
    size_t lddv;
    float *drelative;     ///< NULL, or the centre of the gradient of `relative`
    float *scratch;       ///< `ck_attention_gradient_scratch(tokens, head_size)` floats
} ck_attention_gradient_args;

/// One step of AdamW: decoupled decay, the order of operations of torch.optim.AdamW.
typedef struct {
    double rate, beta1, beta2, epsilon, decay;
    uint64_t step;        ///< 1 for the first
    double gradient_scale; ///< gradients are multiplied by this first
} ck_adamw;

/// Largest logits over the tokens of each sequence, and which token each is from.
typedef struct {
    int precision;        ///< as in `ck_splade_args`
    const void *rows;     ///< the operand's rows
    size_t stride;        ///< bytes from row to row
    const int32_t *offsets; ///< B + 1 row numbers
    size_t sequences;
    size_t k;
    const void *panels;   ///< packed [V][K], float32 or bfloat16
    const float *bias;    ///< padded to whole panels, or NULL
    size_t n;
    size_t panel_begin, panel_end;
    float *out;           ///< [B][ldo] largest logit with bias; 0 for a sequence without tokens
    size_t ldo;
    int32_t *winners;     ///< [B][ldw] row number in `rows` of the first token that has it; -1 without tokens
    size_t ldw;
} ck_winners_args;

/// The training kernels of one build.
typedef struct {
    void (*weight_gradient)(const ck_weight_gradient_args *args);
    void (*attention_gradient)(const ck_attention_gradient_args *args);
    void (*winners)(const ck_winners_args *args);

    /// sums[c] += sum over rows of x[r][c].
    void (*column_sums)(const float *x, size_t ldx, size_t rows, size_t n, float *sums);
    /// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta; y may be x. statistics [rows][2]: mean, 1 / sqrt(variance + epsilon).
    void (*layer_norm)(const float *x, size_t ldx, const float *gamma, const float *beta, float epsilon, float *y,
                       size_t ldy, float *statistics, size_t lds, size_t rows, size_t n);
    /// dx of that norm; dx may be dy.
    void (*layer_norm_gradient)(const float *dy, size_t lddy, const float *x, size_t ldx, const float *statistics,
                                size_t lds, const float *gamma, float *dx, size_t lddx, size_t rows, size_t n);
    /// dgamma[c] += sum over rows of dy * (x - mean) * inverse, dbeta[c] += sum of dy.
    void (*norm_parameter_gradient)(const float *dy, size_t lddy, const float *x, size_t ldx, const float *statistics,
                                    size_t lds, size_t rows, size_t n, float *dgamma, float *dbeta);
    /// dx = dy * the function's slope at x; dx may be dy or x.
    void (*activation_gradient)(int activation, const float *x, size_t ldx, const float *dy, size_t lddy, float *dx,
                                size_t lddx, size_t rows, size_t n);
    /// y = dropped(x) (+ residual, which may be NULL); row r draws the numbers of row first_row + r. y may be x or residual.
    void (*drop_out)(const ck_dropout *dropout, uint32_t first_row, const float *x, size_t ldx, const float *residual,
                     size_t ldr, float *y, size_t ldy, size_t rows, size_t n);
    /// y += x.
    void (*add)(const float *x, size_t ldx, float *y, size_t ldy, size_t rows, size_t n);
    /// table[ids[r]] += x[r], in row order.
    void (*add_rows)(const float *x, size_t ldx, const int32_t *ids, size_t rows, size_t n, float *table, size_t ldt);
    void (*adamw)(const ck_adamw *args, float *values, const float *gradients, float *first, float *second, size_t count);
    /// Sum of squares in double precision.
    double (*sum_of_squares)(const float *x, size_t count);
    /// dx[winner - first_row] += g * weight[v] for each entry of the vocabulary in ascending order whose gradient is not zero.
    void (*winner_input_gradient)(const float *dlogits, const int32_t *winners, size_t vocabulary, const float *weight,
                                  size_t ldw, size_t n, float *dx, size_t lddx);
    /// dweight[v] += g * x[winner], dbias[v] += g for each sequence in ascending order whose gradient is not zero; dbias may be NULL.
    void (*winner_weight_gradient)(const float *dlogits, size_t ldd, const int32_t *winners, size_t ldn,
                                   size_t sequences, size_t entry_begin, size_t entry_end, const float *x, size_t ldx,
                                   size_t n, float *dweight, size_t ldg, float *dbias);
} ck_training;

/// Floats of scratch that `weight_gradient` needs for so many columns.
size_t ck_weight_gradient_scratch(size_t columns);

/// Floats of scratch that `attention_gradient` needs.
size_t ck_attention_gradient_scratch(size_t tokens, size_t head_size);

// Plain loops in double precision, for tests: the meaning of the kernels above.

/// Four random words of Philox 4x32-10.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
void ck_reference_weight_gradient(const ck_weight_gradient_args *args);
/// Uses no scratch; `drelative` and all results as in the kernel.
void ck_reference_attention_gradient(const ck_attention_gradient_args *args);
/// The factor of one value of a matrix: 0 or 1 / (1 - rate).
double ck_reference_dropout(const ck_dropout *dropout, uint32_t row, size_t column);
/// The factor of the probability of one query and key of a sequence.
double ck_reference_attention_dropout(const ck_attention_dropout *dropout, size_t query, size_t key);
void ck_reference_layer_norm_gradient(const float *dy, size_t lddy, const float *x, size_t ldx, const float *gamma,
                                      float epsilon, double *dx, double *dgamma, double *dbeta, size_t rows, size_t n);
double ck_reference_activation_slope(int activation, double x);
void ck_reference_adamw(const ck_adamw *args, double *values, const float *gradients, double *first, double *second,
                        size_t count);

#endif
