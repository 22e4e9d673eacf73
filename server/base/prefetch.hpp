// Asking for memory before it is needed. What a message needs of its conversation lies in a dozen places, mostly in no
// cache: each costs 100 ns and more, one after the other, where nobody asked before.
//
// Thread rule: none. Any address may be asked for, also what is behind the end of an object.
#pragma once

#include <cstddef>

namespace dunlin {

inline constexpr std::size_t cache_line = 64;

// So many bytes are read soon. Null is passed over.
inline void prefetch(const void* at, std::size_t size) {
  if (at == nullptr) return;
  for (std::size_t i = 0; i < size; i += cache_line) __builtin_prefetch(static_cast<const char*>(at) + i);
}

// So many bytes are written soon: what another core has of them is taken from it.
inline void prefetch_to_write(const void* at, std::size_t size) {
  for (std::size_t i = 0; i < size; i += cache_line) {
#if defined(__x86_64__)
    // The builtin would ask for reading only. A processor without this instruction passes over it.
    asm volatile("prefetchw (%0)" ::"r"(static_cast<const char*>(at) + i));
#else
    __builtin_prefetch(static_cast<const char*>(at) + i, 1);
#endif
  }
}

}  // namespace dunlin
