#ifndef CKERNELS_H
#define CKERNELS_H
int nt_placeholder(void);
#endif
