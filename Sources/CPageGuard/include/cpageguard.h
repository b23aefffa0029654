#ifndef CPAGEGUARD_H
#define CPAGEGUARD_H

#include <stddef.h>

/// Watches a read-only mapping of a file. From now on a page of it that cannot be read (the file was cut behind its back, the
/// device fails) reads as zeros and marks the mapping, where the system would end the process with SIGBUS.
///
/// Any thread may call this. The first call installs the handler of SIGBUS; faults elsewhere go to the handler that was there before.
///
/// Returns a handle, or -1 when 65,536 mappings are watched already: then this one is not.
int cpg_watch(const void *base, size_t count);

/// Ends the watch; call it before the mapping goes away. -1 does nothing.
void cpg_unwatch(int handle);

/// Whether a page could not be read since the watch began; 0 for -1.
int cpg_is_damaged(int handle);

#endif
