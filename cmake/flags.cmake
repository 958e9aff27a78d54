# Compiler flags of every target. Hardening flags are probed one by one: GCC 12 and Clang 19 do not know the same set.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
# A cache that holds something beats headers that are parsed once; on a machine that has built nothing yet it is the other
# way round. Asked when a folder is configured first.
if(NOT DEFINED TILLWATCH_PRECOMPILED)
  set(precompiled ON)
  if(CCACHE)
    execute_process(COMMAND ${CCACHE} --print-stats OUTPUT_VARIABLE kept ERROR_QUIET)
    if(kept MATCHES "files_in_cache\t[1-9]")
      set(precompiled OFF)
    endif()
  endif()
  set(TILLWATCH_PRECOMPILED ${precompiled} CACHE BOOL "Parse the standard headers once instead of in every source")
endif()
# What begins with precompiled headers it would keep only with its own settings loosened.
if(CCACHE AND NOT TILLWATCH_PRECOMPILED)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

# Decisions must not depend on the optimiser's choice to fuse a multiplication and an addition.
add_compile_options(-ffp-contract=off)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
                    -Wcast-align -Woverloaded-virtual -Wnull-dereference)
# Who only wants the program is not stopped by a false alarm of another compiler or at another optimisation.
if(TILLWATCH_WARNINGS_FAIL)
  add_compile_options(-Werror)
endif()
# GCC 12 reports false null dereferences and overflows from inlined standard library code when it optimises.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-null-dereference -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-maybe-uninitialized
                      -Wno-restrict -Wno-free-nonheap-object)
endif()

# Clang reports libstdc++'s own use of a deprecated buffer inside stable_sort.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)
endif()

include(CheckCXXCompilerFlag)
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero)
  string(MAKE_C_IDENTIFIER "HAS${flag}" name)
  check_cxx_compiler_flag(${flag} ${name})
  if(${name})
    add_compile_options(${flag})
  endif()
endforeach()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

if(TILLWATCH_SANITIZE STREQUAL "address")
  # GCC 12 takes the sanitizer's own temporaries in fmt for uninitialised variables; Clang still checks.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-uninitialized)
  endif()
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TILLWATCH_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
if(TILLWATCH_SABOTAGE)
  add_compile_definitions(TILLWATCH_SABOTAGE=1)
endif()
