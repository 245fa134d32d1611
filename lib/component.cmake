# SPDX-License-Identifier: Apache-2.0
# mlo_component(NAME SOURCES ... [EXPOSES ...] [USES ...])
#
# Declares the static library mlo_NAME from lib/NAME. EXPOSES are the components and libraries whose headers NAME's public headers
# include; USES are those that only its sources include. A component is named by its bare name, anything else is a CMake target.
# The order of add_subdirectory in lib/CMakeLists.txt is the architecture: to name a component that comes later is a configure error.
# Every public header is compiled alone by the target all_verify_interface_header_sets.
set(MLO_COMPONENT_NAMES util hash yaml json toml db net table stats report store remote git config ledger profile workspace sync
    lineage track dvc registry validate drift gate pipeline policy serve api)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

function(mlo_link target visibility)
  foreach(dependency IN LISTS ARGN)
    if(dependency IN_LIST MLO_COMPONENT_NAMES)
      if(NOT TARGET mlo_${dependency})
        message(FATAL_ERROR "${target} uses '${dependency}', which lib/CMakeLists.txt lists later or not at all: see lib/README.md")
      endif()
      target_link_libraries(${target} ${visibility} mlo_${dependency})
    else()
      target_link_libraries(${target} ${visibility} ${dependency})
    endif()
  endforeach()
endfunction()

function(mlo_component name)
  cmake_parse_arguments(arg "" "" "SOURCES;EXPOSES;USES" ${ARGN})
  if(NOT name IN_LIST MLO_COMPONENT_NAMES)
    message(FATAL_ERROR "'${name}' is not a component of the architecture: see lib/README.md")
  endif()
  file(GLOB headers CONFIGURE_DEPENDS include/mlo/${name}/*.hpp)
  add_library(mlo_${name} STATIC ${arg_SOURCES})
  target_sources(mlo_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_include_directories(mlo_${name} PRIVATE src)
  target_link_libraries(mlo_${name} PRIVATE mlo_options)
  mlo_link(mlo_${name} PUBLIC ${arg_EXPOSES})
  mlo_link(mlo_${name} PRIVATE ${arg_USES})
endfunction()
