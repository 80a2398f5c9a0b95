// A count of allocations, kept by thread because Swift has no thread-local variables.
#ifndef ATTUNE_MEMORY_H
#define ATTUNE_MEMORY_H

#include <stdint.h>

// Blocks of memory that matrices took from the system on this thread.
extern _Thread_local uint64_t attune_allocations;
static inline void attune_count_allocation(void) { attune_allocations += 1; }
static inline uint64_t attune_counted_allocations(void) { return attune_allocations; }

#endif
