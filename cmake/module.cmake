# module(floor/name NEEDS a b LIBS x y): a folder, a namespace and a CMake target, with the four guards of the house:
#   1. a need that is not declared above stops configuration, so that no cycle can arise;
#   2. the include root of a module holds only the module itself and is passed on by NEEDS: an undeclared include does not compile;
#   3. every header compiles alone: in the source that includes it before anything else, or else in one made for it
#                                                                   (target all_verify_interface_header_sets);
#   4. a tiny program links the module whole with only its needs    (targets <name>_alone).
# Guards 3 and 4 are built with TILLWATCH_GUARDS. Sources: *.cpp but *_test.cpp and *_bench.cpp; tests: *_test.cpp, one binary a module.
function(module path)
  cmake_parse_arguments(M "" "" "NEEDS;LIBS;TEST_NEEDS;TEST_LIBS" ${ARGN})
  get_filename_component(name ${path} NAME)
  # Simulated sides of the ports are test code but obey the same guards: module(tests/sim ...).
  if(path MATCHES "^tests/")
    set(folder ${CMAKE_SOURCE_DIR}/${path})
  else()
    set(folder ${CMAKE_SOURCE_DIR}/src/${path})
  endif()
  if(NOT IS_DIRECTORY ${folder})
    message(FATAL_ERROR "module ${path}: there is no folder ${folder}")
  endif()
  foreach(need ${M_NEEDS} ${M_TEST_NEEDS})
    if(NOT TARGET tillwatch_${need})
      message(FATAL_ERROR "module ${path} needs '${need}', which is not declared above it in src/CMakeLists.txt")
    endif()
  endforeach()

  set(root ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.h)
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")
  list(FILTER headers EXCLUDE REGEX "_fixture\\.h$")  # what several tests of one folder share: not the module's face
  # What a source of the module includes first is compiled alone there, with the flags and include roots of the module.
  set(proven)
  foreach(source ${sources})
    file(STRINGS ${source} first REGEX "^[ \t]*[^/ \t]" LIMIT_COUNT 1)
    if(first MATCHES "^#include \"${name}/([a-z0-9_]+\\.h)\"$" AND CMAKE_MATCH_1 IN_LIST headers)
      list(APPEND proven ${CMAKE_MATCH_1})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES proven)
  list(REMOVE_ITEM headers ${proven})
  list(TRANSFORM proven PREPEND ${root}/${name}/)
  list(TRANSFORM headers PREPEND ${root}/${name}/)

  set(target tillwatch_${name})
  set(needs ${M_NEEDS})
  list(TRANSFORM needs PREPEND tillwatch_)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${root})
    target_link_libraries(${target} PUBLIC ${needs} ${M_LIBS})
    precompiled(${target} LIBRARY)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${root} FILES ${proven}
                   FILE_SET unproven TYPE HEADERS BASE_DIRS ${root} FILES ${headers})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${root})
    target_link_libraries(${target} INTERFACE ${needs} ${M_LIBS})
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${root} FILES ${proven}
                   FILE_SET unproven TYPE HEADERS BASE_DIRS ${root} FILES ${headers})
  endif()

  if(TILLWATCH_GUARDS)
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON INTERFACE_HEADER_SETS_TO_VERIFY unproven)
    if(sources)
      file(WRITE ${CMAKE_BINARY_DIR}/alone/${name}.cpp "int main() { return 0; }\n")
      add_executable(${name}_alone ${CMAKE_BINARY_DIR}/alone/${name}.cpp)
      target_link_options(${name}_alone PRIVATE -Wl,--whole-archive $<TARGET_FILE:${target}> -Wl,--no-whole-archive)
      target_link_libraries(${name}_alone PRIVATE ${needs} ${M_LIBS})
      add_dependencies(${name}_alone ${target})
    endif()
  endif()

  if(TILLWATCH_TESTS AND tests)
    set(test_needs ${M_TEST_NEEDS})
    list(TRANSFORM test_needs PREPEND tillwatch_)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} ${test_needs} ${M_TEST_LIBS} GTest::gtest GTest::gtest_main)
    precompiled(${name}_test TEST)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 1800)
  endif()
endfunction()
