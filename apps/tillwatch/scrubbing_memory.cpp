// Freed memory is wiped, so that a card number that passed through a buffer is in no later core image.
// Replaces the global operator delete of the program (not of its tests). Left out where a sanitizer owns the
// heap.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TILLWATCH_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TILLWATCH_SANITIZED 1
#endif
#endif
#if !defined(TILLWATCH_SANITIZED)
#include <malloc.h>
#include <string.h>  // explicit_bzero

#include <cstdlib>
#include <new>

namespace {
void scrub(void* memory) noexcept {
  if (memory == nullptr) return;
  ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}
}  // namespace

void operator delete(void* memory) noexcept {
  scrub(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  scrub(memory);
}
void operator delete[](void* memory) noexcept {
  scrub(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  scrub(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  scrub(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  scrub(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  scrub(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  scrub(memory);
}
#endif
