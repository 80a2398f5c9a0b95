// What a thread that waits a moment tells its processor.
#ifndef ATTUNE_THREADS_H
#define ATTUNE_THREADS_H

static inline void attune_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

#endif
