// SPDX-License-Identifier: Apache-2.0
// So that the headers of the component are compiled before there is more of it.
#include <mlo/dvc/cache.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/dvc/site.hpp>
