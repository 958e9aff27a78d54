# Standard headers parsed once instead of in every source: half of the time of a build from nothing (decision 0050).
#
# precompiled(target LIBRARY|COMMAND|TEST): the target's sources begin with those headers already read. What is read stands
# in one carrier a kind, for a compiler takes it only with the very flags it was made with.
#
# Nothing may lean on it: the check of the house's rules asks that every source includes what it names of these headers
# (tests/tidy/check_includes.py), and a build without TILLWATCH_PRECOMPILED compiles as well.
set(precompiled_headers
    <algorithm> <array> <charconv> <chrono> <cmath> <compare> <cstddef> <cstdint> <cstring> <deque> <expected>
    <fstream> <functional> <iterator> <limits> <map> <memory> <optional> <random> <set> <span> <string> <string_view> <tuple>
    <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

if(TILLWATCH_PRECOMPILED)
  # It shows in a macro that the compilers compare: the same everywhere.
  add_compile_options(-pthread)
  set(nothing ${CMAKE_BINARY_DIR}/precompiled/nothing.cpp)
  file(WRITE ${nothing} "int main() { return 0; }\n")

  set(carriers precompiled_library)
  if(TILLWATCH_SANITIZE)
    list(APPEND carriers precompiled_command)  # elsewhere a command has the flags of a library
  endif()
  foreach(carrier ${carriers})
    add_library(${carrier} OBJECT ${nothing})
    target_link_libraries(${carrier} PRIVATE fmt::fmt)
    target_precompile_headers(${carrier} PRIVATE ${precompiled_headers})
  endforeach()
  if(TILLWATCH_FUZZ)
    # For the modules below a fuzz entry (tests/fuzz/CMakeLists.txt).
    add_library(precompiled_guided OBJECT ${nothing})
    target_compile_options(precompiled_guided PRIVATE -fsanitize=fuzzer-no-link)
    target_link_libraries(precompiled_guided PRIVATE fmt::fmt)
    target_precompile_headers(precompiled_guided PRIVATE ${precompiled_headers})
  endif()
  if(TILLWATCH_TESTS)
    add_executable(precompiled_test ${nothing})
    target_link_libraries(precompiled_test PRIVATE fmt::fmt GTest::gtest)
    target_precompile_headers(precompiled_test PRIVATE ${precompiled_headers} <gtest/gtest.h>)
    if(TILLWATCH_SANITIZE)
      target_compile_options(precompiled_test PRIVATE -O0)
    endif()
  endif()
  if(TILLWATCH_SANITIZE)
    target_compile_options(precompiled_command PRIVATE -O0)  # as the commands themselves
  endif()
endif()

function(precompiled target kind)
  string(TOLOWER ${kind} kind)
  if(TILLWATCH_PRECOMPILED)
    if(kind STREQUAL "command" AND NOT TILLWATCH_SANITIZE)
      set(kind library)
    endif()
    target_precompile_headers(${target} REUSE_FROM precompiled_${kind})
  endif()
  # Sanitized code takes the longest to compile, and commands and tests only put parts together.
  if(TILLWATCH_SANITIZE AND NOT kind STREQUAL "library")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
