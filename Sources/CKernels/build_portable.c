#include "internal.h"


#pragma STDC FP_CONTRACT OFF
#include "simd_portable.h"
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

const ck_build ck_build_portable = {&table, peak_flops};
