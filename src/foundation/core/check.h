// CHECK: a broken assumption of ours ends the process, in release builds too, before a wrong answer can leave
// it. Called everywhere. Never used for input from outside: that is core::Error.
#pragma once

namespace tillwatch::core {

// Prints "file:line: CHECK failed: text" on standard error and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* text);

}  // namespace tillwatch::core

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::tillwatch::core::check_failed(__FILE__, __LINE__, #condition); \
  } while (false)
