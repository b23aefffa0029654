#if defined(__aarch64__)
#include "internal.h"
#include <string.h>
#include <arm_neon.h> // before the attribute: its functions carry their own

#pragma STDC FP_CONTRACT OFF
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

const ck_build ck_build_neon = {&table, peak_flops};
#endif
