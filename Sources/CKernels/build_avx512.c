#if defined(__x86_64__)
#include "internal.h"
#include <string.h>
#include <immintrin.h> // before the attribute: its functions carry their own

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "simd_avx512.h"
#include "vector_math.inc"
#include "random.inc"
#include "gemm.inc"
#include "attention.inc"
#include "distances.inc"
#include "rows.inc"
#include "training_rows.inc"
#include "training_products.inc"
#include "training_attention.inc"
#include "table.inc"
#pragma clang attribute pop

const ck_build ck_build_avx512 = {&table, peak_flops};
#endif
