# SPDX-License-Identifier: Apache-2.0
# find_package(mlo): the target mlo::mlo, which needs no other package.
include(${CMAKE_CURRENT_LIST_DIR}/mlo-targets.cmake)
