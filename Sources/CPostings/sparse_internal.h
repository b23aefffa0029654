#ifndef CSPARSE_INTERNAL_H
#define CSPARSE_INTERNAL_H
#include "csparse.h"

extern const cs_kernels cs_portable, cs_avx512;
#endif
