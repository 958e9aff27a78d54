// The memory of one evaluation: a run of octets with a hard end, handed out from the front and given back all
// at once. Owned by the caller (one per deciding thread); the evaluator and the libraries take from it and
// from nowhere else. Never grows and never throws: a null pointer says that the cap is reached, and the
// evaluation answers with an error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace tillwatch::cel {

class Arena {
 public:
  explicit Arena(std::size_t capacity)
      : memory_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Forgets everything handed out; values that point here are dead afterwards.
  void reset() {
    used_ = 0;
    last_words_taken_ = false;
  }
  // A position to go back to with rewind(): what was taken in between is dead then.
  std::size_t mark() const { return used_; }
  void rewind(std::size_t mark) { used_ = mark; }

  // Room for `count` objects of a trivially destructible type, not initialised; null where the cap is
  // reached.
  template <class T>
  T* take(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignment);
    if (count > (capacity_ - used_) / sizeof(T)) return nullptr;
    const std::size_t bytes = (count * sizeof(T) + alignment - 1) & ~(alignment - 1);
    if (bytes > capacity_ - used_) return nullptr;
    void* start = memory_.get() + used_;
    used_ += bytes;
    return static_cast<T*>(start);
  }
  // A copy of the text, or a null pointer in the view's data where the cap is reached.
  std::string_view copy(std::string_view text) {
    char* start = take<char>(text.size());
    if (start == nullptr) return {};
    if (!text.empty()) std::memcpy(start, text.data(), text.size());
    return {start, text.size()};
  }

  // Room for one small object beyond the cap, so that what is said of the full arena can have a place; null
  // where it has been taken since reset().
  template <class T>
  T* take_last_words() {
    static_assert(std::is_trivially_destructible_v<T> && sizeof(T) <= sizeof(last_words_));
    if (last_words_taken_) return nullptr;
    last_words_taken_ = true;
    void* start = last_words_.data();
    return static_cast<T*>(start);
  }

  std::size_t used() const { return used_; }
  std::size_t capacity() const { return capacity_; }

 private:
  static constexpr std::size_t alignment = 16;
  std::unique_ptr<std::byte[]> memory_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  alignas(alignment) std::array<std::byte, 32> last_words_{};
  bool last_words_taken_ = false;
};

}  // namespace tillwatch::cel
