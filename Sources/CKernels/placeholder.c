#include "ckernels.h"
int nt_placeholder(void) { return 1; }
