// SPDX-License-Identifier: Apache-2.0
#include "dvc_order.hpp"

#include <catch2/catch.hpp>

#include "pipeline_maker.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

std::string order_of(const test::PipelineMaker& maker) {
    std::string names;
    for (const auto stage : dvc_order(maker.made, Graph{maker.made})) names += maker.made.stages[stage].name;
    return names;
}

}  // namespace

TEST_CASE("DVC's order is depth first: dependencies as written, before the stage, from stage to stage as written") {
    test::PipelineMaker maker;
    maker.stage("e", {"d.out", "f.out"}, {"e.out"});
    maker.stage("a", {}, {"a.out"});
    maker.stage("d", {"c.out", "b.out"}, {"d.out"});
    maker.stage("b", {"a.out"}, {"b.out"});
    maker.stage("c", {"a.out"}, {"c.out"});
    maker.stage("f", {"g.out"}, {"f.out"});
    maker.stage("g", {}, {"g.out"});
    CHECK(order_of(maker) == "acbdgfe");
}

TEST_CASE("DVC's order: folders that hold a dependency, or that one holds") {
    test::PipelineMaker maker;
    maker.stage("r", {"made/b", "all"}, {"r.out"});
    maker.stage("x", {}, {"all/x"});
    maker.stage("y", {}, {"all/y"});
    maker.stage("m", {}, {"made"});
    CHECK(order_of(maker) == "mxyr");
}
