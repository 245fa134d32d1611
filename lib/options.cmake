# SPDX-License-Identifier: Apache-2.0
# mlo_options: the warnings, hardening and sanitizer flags that every target of this project is built with.
add_library(mlo_options INTERFACE)
target_compile_options(mlo_options INTERFACE
  -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wimplicit-fallthrough
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wcast-qual -Wundef
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fvisibility=hidden)
# What is built names no folder of the machine that built it. Of maps that match, the last one wins.
target_compile_options(mlo_options INTERFACE
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=./build)
target_compile_definitions(mlo_options INTERFACE _GLIBCXX_ASSERTIONS _FILE_OFFSET_BITS=64)
target_link_options(mlo_options INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)

if(MLO_SANITIZE)
  target_compile_options(mlo_options INTERFACE -fsanitize=${MLO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(mlo_options INTERFACE -fsanitize=${MLO_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(mlo_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(MLO_MUTANTS)
  target_compile_definitions(mlo_options INTERFACE MLO_MUTANTS)
endif()
if(MLO_FUZZ)
  target_compile_options(mlo_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
