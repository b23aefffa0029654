#if defined(__aarch64__)
#include "internal.h"
#include <string.h>
#include <arm_neon.h> // before the attribute: its functions carry their own

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("dotprod,i8mm,bf16"))), apply_to = function)
#define HAS_BF16
#include "simd_neon.h"
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

const ck_build ck_build_neon_bf16 = {&table, peak_flops};
#endif
