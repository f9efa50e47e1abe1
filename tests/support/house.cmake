# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the house demands of its own code, and the helpers that apply it. Targets only, no global
# flags. Library names are the layers: core shell market input route clear risk ledger wire engine
# gateway_lib venue_sdk. Third-party libraries are dep::NAME.

set(SLUICE_SANITIZE "" CACHE STRING "sanitizers of this build, as in -fsanitize=LIST")
option(SLUICE_VERIFY "run the slow self-checks (VERIFY)" OFF)
option(SLUICE_HARDEN "fortify, stack protector, read-only relocations" OFF)
option(SLUICE_COVERAGE "instrument for gcov" OFF)
option(SLUICE_FUZZ "link fuzz targets with libFuzzer (clang only)" OFF)

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
find_package(Threads REQUIRED)

# flavour: what every object of a build shares, generated code included.
add_library(flavour INTERFACE)
target_compile_options(flavour INTERFACE -std=gnu17)
target_compile_definitions(flavour INTERFACE _GNU_SOURCE)
target_link_libraries(flavour INTERFACE Threads::Threads)
if(SLUICE_SANITIZE)
    target_compile_options(flavour INTERFACE -fsanitize=${SLUICE_SANITIZE}
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(flavour INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()
if(SLUICE_VERIFY)
    target_compile_definitions(flavour INTERFACE SLUICE_VERIFY=1)
endif()
if(SLUICE_HARDEN)
    target_compile_options(flavour INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
        -fstack-protector-strong -fstack-clash-protection)
    target_link_options(flavour INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()
if(SLUICE_COVERAGE)
    target_compile_options(flavour INTERFACE --coverage)
    target_link_options(flavour INTERFACE --coverage)
endif()
if(SLUICE_FUZZ)
    target_compile_options(flavour INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(flavour INTERFACE -fsanitize=fuzzer-no-link)
endif()

# house: the flavour, the warnings and the include root. Generated code does not link it.
add_library(house INTERFACE)
target_link_libraries(house INTERFACE flavour)
target_include_directories(house INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(house INTERFACE -Wall -Wextra -Wpedantic -Wcast-align -Wcast-qual
    -Wconversion -Wformat=2 -Wmissing-prototypes -Wshadow -Wstrict-prototypes -Wswitch-enum -Wundef
    -Wvla -Wwrite-strings -Werror)

# dependency(NAME LIBRARY HEADER): the installed library LIBRARY as the target dep::NAME.
function(dependency name library header)
    find_library(DEP_${name}_LIBRARY ${library})
    find_path(DEP_${name}_INCLUDE ${header})
    mark_as_advanced(DEP_${name}_LIBRARY DEP_${name}_INCLUDE)
    if(NOT DEP_${name}_LIBRARY OR NOT DEP_${name}_INCLUDE)
        message(FATAL_ERROR "lib${library} with <${header}> is not installed; run ./dev setup")
    endif()
    add_library(dep::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(dep::${name} PROPERTIES
        IMPORTED_LOCATION ${DEP_${name}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${DEP_${name}_INCLUDE})
endfunction()

dependency(nng nng nng/nng.h)
dependency(protobuf-c protobuf-c protobuf-c/protobuf-c.h)
dependency(glpk glpk glpk.h)
dependency(amd amd suitesparse/amd.h)
dependency(ldl ldl suitesparse/ldl.h)
dependency(hiredis hiredis hiredis/hiredis.h)
dependency(jansson jansson jansson.h)
dependency(gmp gmp gmp.h)
dependency(mpfr mpfr mpfr.h)
dependency(mpfi mpfi mpfi.h)
dependency(sodium sodium sodium.h)
dependency(inih inih ini.h)
dependency(sqlite3 sqlite3 sqlite3.h)
dependency(cmocka cmocka cmocka.h)
dependency(clp Clp coin/Clp_C_Interface.h)

# Leave out of the list what is not there yet, so that a tree in the making can be built by hand.
# It is an author warning, which ./dev turns into an error.
function(house_present list)
    set(present)
    foreach(source IN LISTS ${list})
        get_filename_component(full ${source} ABSOLUTE)
        if(EXISTS ${full})
            list(APPEND present ${source})
        else()
            message(AUTHOR_WARNING "${source} is listed but absent")
        endif()
    endforeach()
    set(${list} ${present} PARENT_SCOPE)
endfunction()

# house_library(NAME SOURCES file... [PUBLIC lib...] [PRIVATE lib...])
#
# A static library of the current folder. PUBLIC names the layers it may include, PRIVATE its
# third-party libraries, whose headers stay out of its own.
function(house_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
    house_present(arg_SOURCES)
    if(NOT arg_SOURCES)
        return()
    endif()
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE house ${arg_PRIVATE})
endfunction()

# house_program(NAME SOURCES file... [LIBS lib...]): build/<preset>/bin/NAME
function(house_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    house_present(arg_SOURCES)
    if(NOT arg_SOURCES)
        return()
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE house ${arg_LIBS})
endfunction()

# house_test(KIND/NAME [LIBS lib...] [ENV KEY=VALUE...] [TIMEOUT seconds] [SERIAL])
#
# Builds tests/KIND/NAME.c with cmocka and tests/support and registers it under the ctest label
# KIND; the target is KIND_NAME, so that a module may have a test of each kind. It runs in the
# source folder with SLUICE_BIN naming the folder of the built programs. SERIAL keeps it alone on
# the machine.
function(house_test path)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "LIBS;ENV")
    get_filename_component(kind ${path} DIRECTORY)
    get_filename_component(name ${path} NAME)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(NOT EXISTS ${PROJECT_SOURCE_DIR}/tests/${path}.c)
        message(AUTHOR_WARNING "${path}.c is listed but absent")
        return()
    endif()
    set(target ${kind}_${name})
    add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${path}.c)
    target_link_libraries(${target} PRIVATE house test_support ${arg_LIBS})
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/${kind})
    add_test(NAME ${path} COMMAND ${target} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    house_test_settings(${path} ${kind} ${arg_TIMEOUT} ${arg_SERIAL} "${arg_ENV}")
endfunction()

# house_script(KIND/NAME [ARGS arg...] [ENV KEY=VALUE...] [TIMEOUT seconds] [SERIAL])
#
# Registers the executable script tests/KIND/NAME (its suffix included) like house_test does.
function(house_script path)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "ARGS;ENV")
    get_filename_component(kind ${path} DIRECTORY)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_test(NAME ${path} COMMAND ${PROJECT_SOURCE_DIR}/tests/${path} ${arg_ARGS}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    house_test_settings(${path} ${kind} ${arg_TIMEOUT} ${arg_SERIAL} "${arg_ENV}")
endfunction()

# A test's own LSAN_OPTIONS, being later, win.
function(house_test_settings test label timeout serial env)
    set(lsan "suppressions=${PROJECT_SOURCE_DIR}/tests/support/nng_clients.supp:print_suppressions=0")
    set_tests_properties(${test} PROPERTIES
        LABELS ${label}
        TIMEOUT ${timeout}
        RUN_SERIAL ${serial}
        ENVIRONMENT "SLUICE_BIN=${CMAKE_BINARY_DIR}/bin;UBSAN_OPTIONS=print_stacktrace=1;LSAN_OPTIONS=${lsan};${env}")
endfunction()

# house_fuzz(NAME [LIBS lib...])
#
# Builds tests/fuzz/NAME.c, which defines LLVMFuzzerTestOneInput. The fuzz preset makes a fuzzer of
# it (bin/NAME); every other preset replays the committed inputs of tests/fuzz/corpus/NAME as a
# test of label fuzz.
function(house_fuzz name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
    set(source ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}.c)
    if(SLUICE_FUZZ)
        house_program(${name} SOURCES ${source} LIBS ${arg_LIBS})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        return()
    endif()
    add_executable(${name} ${source} ${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.c)
    target_link_libraries(${name} PRIVATE house ${arg_LIBS})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME fuzz/${name} COMMAND ${name} tests/fuzz/corpus/${name}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    house_test_settings(fuzz/${name} fuzz 120 OFF "")
endfunction()

# house_proto(NAME file.proto...): protobuf-c code of the current folder's .proto files.
#
# Paths are spelled from the source root: proto/intent.proto is imported as "proto/intent.proto"
# and its header included as "proto/intent.pb-c.h".
function(house_proto name)
    find_program(PROTOC_C protoc-c)
    if(NOT PROTOC_C)
        message(FATAL_ERROR "protoc-c is not installed; run ./dev setup")
    endif()
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    set(root ${CMAKE_BINARY_DIR}/generated)
    file(MAKE_DIRECTORY ${root}/${folder})
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE protos)
    foreach(proto IN LISTS ARGN)
        get_filename_component(stem ${proto} NAME_WLE)
        set(base ${root}/${folder}/${stem}.pb-c)
        add_custom_command(OUTPUT ${base}.c ${base}.h
            COMMAND ${PROTOC_C} --proto_path=${PROJECT_SOURCE_DIR} --c_out=${root} ${folder}/${proto}
            WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
            DEPENDS ${protos} VERBATIM)
        list(APPEND generated ${base}.c)
    endforeach()
    add_library(${name} STATIC ${generated})
    target_include_directories(${name} SYSTEM PUBLIC ${root})
    target_link_libraries(${name} PUBLIC dep::protobuf-c PRIVATE flavour)
endfunction()
