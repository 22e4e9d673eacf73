# The three shapes that a folder's CMakeLists.txt is made of, and the flags that all of them share.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# Assertions about what is impossible (base/check.hpp) stay on in every build type; NDEBUG only silences <cassert>.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

set(DUNLIN_SANITIZE "" CACHE STRING "address (with undefined), thread, or empty")
option(DUNLIN_FUZZ "build the libFuzzer targets (needs clang)" OFF)
# What linters need to find before anything is compiled: the targets that generate sources are made dependencies of it.
add_custom_target(generated)
# The fuzzers, and the tests with the label `threaded`, which are those worth running with the thread sanitizer.
add_custom_target(fuzzers)
add_custom_target(threaded_tests)

# How many jobs may link at once: linking is what fills the memory of a small machine.
set_property(GLOBAL PROPERTY JOB_POOLS link=2)
set(CMAKE_JOB_POOL_LINK link)

add_library(dunlin_flags INTERFACE)
target_compile_options(dunlin_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers -Wnull-dereference -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
    # g++ copies what it knows to be short, but not how short, by rep movs, which takes a processor 30 cycles to begin:
    # a topic, a body. The C library's function is done by then.
    target_compile_options(dunlin_flags INTERFACE -mmemcpy-strategy=libcall:-1:noalign)
  endif()
  # g++ 12 reports inlined std::vector and std::variant code wrongly under these three.
  target_compile_options(dunlin_flags INTERFACE -Wno-null-dereference -Wno-restrict -Wno-maybe-uninitialized)
else()
  # clang reports libstdc++'s own use of a deprecated function inside std::stable_sort.
  target_compile_options(dunlin_flags INTERFACE -Wno-deprecated-declarations)
endif()
target_compile_options(dunlin_flags INTERFACE $<$<CONFIG:Release>:-Werror>)
target_include_directories(dunlin_flags INTERFACE ${CMAKE_SOURCE_DIR}/server ${CMAKE_SOURCE_DIR})
target_compile_definitions(dunlin_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION SPDLOG_FMT_EXTERNAL)
# A release keeps no frame pointers, which took 4 % of the user instructions for a message; profiles have
# `perf record --call-graph dwarf`. The sanitizers' own reports want them.
if(DUNLIN_SANITIZE)
  target_compile_options(dunlin_flags INTERFACE -fno-omit-frame-pointer)
endif()
if(DUNLIN_SANITIZE STREQUAL "address")
  target_compile_options(dunlin_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(dunlin_flags INTERFACE -fsanitize=address,undefined)
elseif(DUNLIN_SANITIZE STREQUAL "thread")
  target_compile_options(dunlin_flags INTERFACE -fsanitize=thread)
  target_link_options(dunlin_flags INTERFACE -fsanitize=thread)
endif()
if(DUNLIN_FUZZ)
  target_compile_options(dunlin_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# dunlin_library(NAME SOURCES a.cpp … DEPS dunlin_x …): the library dunlin_NAME, and beside it dunlin_NAME_planted, the
# variant with -DDUNLIN_PLANTED_BUGS (base/planted.hpp) that only the simulator links. The variant is built when somebody
# needs it, and stands on the variants of its DEPS. NEVER_PLANTED: there is no variant, both stand on the one library
# (for what does not include base/planted.hpp and is not above anything that does).
function(dunlin_library name)
  cmake_parse_arguments(arg "NEVER_PLANTED" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(dunlin_${name} STATIC ${arg_SOURCES})
  target_link_libraries(dunlin_${name} PUBLIC dunlin_flags ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
  if(arg_NEVER_PLANTED)
    return()
  endif()
  add_library(dunlin_${name}_planted STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
  # One entry a file in compile_commands.json is enough for the linters.
  set_target_properties(dunlin_${name}_planted PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
  target_compile_definitions(dunlin_${name}_planted PUBLIC DUNLIN_PLANTED_BUGS)
  dunlin_planted_deps(deps ${arg_DEPS})
  dunlin_planted_deps(private_deps ${arg_PRIVATE_DEPS})
  target_link_libraries(dunlin_${name}_planted PUBLIC dunlin_flags ${deps} PRIVATE ${private_deps})
endfunction()

# dunlin_planted_deps(OUT dunlin_x … other …): the same list with each library's planted variant where there is one.
function(dunlin_planted_deps out)
  set(mapped "")
  foreach(dep IN LISTS ARGN)
    if(dep MATCHES "^dunlin_")
      list(APPEND mapped "$<IF:$<TARGET_EXISTS:${dep}_planted>,${dep}_planted,${dep}>")
    else()
      list(APPEND mapped "${dep}")
    endif()
  endforeach()
  set(${out} "${mapped}" PARENT_SCOPE)
endfunction()

# dunlin_program(NAME SOURCES a.cpp … DEPS dunlin_x …): a program that people run; it is put at the top of the build
# directory.
function(dunlin_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE dunlin_flags ${arg_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# dunlin_test(NAME SOURCES a_test.cpp … DEPS …): one test program a folder, registered with ctest. LABELS threaded: it
# runs threads, so it is run with the thread sanitizer, too.
function(dunlin_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;ARGS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(DUNLIN_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 10")
  endif()
  add_executable(${name}_test ${arg_SOURCES})
  target_link_libraries(${name}_test PRIVATE dunlin_flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name}_test ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
  if("threaded" IN_LIST arg_LABELS)
    add_dependencies(threaded_tests ${name}_test)
  endif()
endfunction()

# dunlin_fuzzer(NAME SOURCES … DEPS …): a libFuzzer program NAME_fuzz, built with DUNLIN_FUZZ only. Without it there is
# the test fuzz_NAME, which runs the program in build-fuzz for some seconds (tools/fuzz; `make test` builds it first).
function(dunlin_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  if(DUNLIN_FUZZ)
    add_executable(${name}_fuzz EXCLUDE_FROM_ALL ${arg_SOURCES})
    target_link_libraries(${name}_fuzz PRIVATE dunlin_flags ${arg_DEPS})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name}_fuzz PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
    add_dependencies(fuzzers ${name}_fuzz)
  elseif(NOT DUNLIN_SANITIZE)
    add_test(NAME fuzz_${name} COMMAND ${CMAKE_SOURCE_DIR}/tools/fuzz 5 ${name})
    set_tests_properties(fuzz_${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()
