# What every folder of ours shares: the language, the warnings, and two functions, so that a
# folder's own CMakeLists.txt only says what it uses.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

# ccache instead of a precompiled header: it saves more on every build but the first, and a
# precompiled header would hide the #include a file forgot.
find_program(V6_CCACHE ccache)
if(V6_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${V6_CCACHE}")
endif()

# The dozens of test programs link several times faster with mold; the code in them is the same.
find_program(V6_MOLD mold)
if(V6_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(GTest REQUIRED)
find_package(fmt REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
enable_testing()
include(GoogleTest)

add_library(v6_flags INTERFACE)
target_compile_options(
  v6_flags
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
            -Wshadow -Wold-style-cast -Wno-missing-field-initializers -Werror -ffp-contract=off>
            # GCC 12's stable_sort uses get_temporary_buffer, deprecated; only clang says so.
            $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(v6_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")

# v6_library(NAME [PUBLIC lib...] [PRIVATE lib...] [TEST lib...]): every source of this folder as
# library v6_NAME, and its *_test.cpp files as the program NAME_test, which also links TEST.
function(v6_library name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE;TEST" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(v6_${name} STATIC ${sources})
    target_link_libraries(v6_${name} PUBLIC v6_flags ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(v6_${name} INTERFACE)
    target_link_libraries(v6_${name} INTERFACE v6_flags ${ARG_PUBLIC} ${ARG_PRIVATE})
  endif()
  if(tests)
    v6_test(${name}_test SOURCES ${tests} LINK v6_${name} ${ARG_PRIVATE} ${ARG_TEST})
  endif()
endfunction()

# v6_test(NAME SOURCES file... LINK lib...): a GoogleTest program known to ctest, one entry per
# TEST, labelled with the name of its folder: `ctest -L rules`.
function(v6_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME folder)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} v6_flags GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE V6_DATA="${CMAKE_SOURCE_DIR}/data"
                                             V6_TESTS="${CMAKE_SOURCE_DIR}/tests")
  # Asked when ctest starts, so that a program that dies at start fails a test, not the build.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS "${folder}")
endfunction()

# v6_e2e(NAME): the script NAME.py of this folder, run on the program and this source tree.
function(v6_e2e name)
  add_test(NAME e2e.${name} COMMAND ${Python3_EXECUTABLE} -B "${CMAKE_CURRENT_SOURCE_DIR}/${name}.py"
                                    $<TARGET_FILE:v6> "${CMAKE_SOURCE_DIR}")
  set_tests_properties(e2e.${name} PROPERTIES LABELS e2e TIMEOUT 300
                                              ENVIRONMENT "PYTHONPATH=${CMAKE_SOURCE_DIR}/tests")
endfunction()
