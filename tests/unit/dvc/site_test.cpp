// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/dvc/site.hpp>

TEST_CASE("a cache belongs to its user unless the configuration says otherwise") {
    CHECK(mlo::dvc::Site{}.sharing == mlo::dvc::Site::Sharing::own);
}
