// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <mlo/hash/digest.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/bytes.hpp>
#include <string_view>

namespace mlo::test {

inline hash::Digest id_of(std::string_view text) { return hash::sha256(as_bytes(text)); }

/// A run with nothing but what each has.
inline track::RunDocument small_run() {
    track::RunDocument run;
    run.id = "0123456789abcdef0123456789abcdef";
    run.name = "calm-otter-1";
    run.state = track::RunState::finished;
    run.started_ms = 1'700'000'000'000;
    run.ended_ms = 1'700'000'005'000;
    run.session = std::string(32, 'f');
    return run;
}

/// A run with something everywhere.
inline track::RunDocument full_run() {
    auto run = small_run();
    run.experiment = {.id = 123'456'789'012'345'678, .name = "fraud", .created_ms = 1'600'000'000'000};
    run.state = track::RunState::failed;
    run.attempt = 2;
    run.parent = std::string(32, 'a');
    run.user = "ada";
    run.note = "a \"note\"\nof two lines";
    run.source = {.commit = std::string(40, 'c'),
                  .branch = "main",
                  .remote = "https://example.org/x.git",
                  .is_dirty = true,
                  .is_shallow = true,
                  .diff = id_of("diff"),
                  .changed = {"HEAD"}};
    run.command = {"python", "\xff"};
    run.directory = "/somewhere";
    run.environment = {{"CUDA_VISIBLE_DEVICES", "0"}, {"ODD", "\xfe"}};
    run.packages = {{"pip", id_of("pip")}};
    run.host = {{"name", "box"}, {"$odd", "value"}};
    run.hardware = {{"gpu.count", std::int64_t{2}}, {"cpu.ghz", 2.0}};
    run.seeds = {{"--seed", "7"}};
    run.exit_code = 3;
    run.signal = 9;
    run.log = id_of("log");
    run.losses = {"the disk was full at step 7"};
    run.params = {{"lr", "0.1"}, {"depth", ""}};
    run.tags = {{"team", "risk"}};
    track::MetricSummary loss;
    loss.add({0, 1'700'000'000'000, 0.5});
    loss.add({1, 1'700'000'001'000, std::numeric_limits<double>::infinity()});
    loss.add({2, 1'700'000'002'000, std::nan("")});
    run.metrics = {{"loss", loss}};
    run.inputs = {{track::InputRole::declared, "data", store::ObjectKind::tree, id_of("data")},
                  {track::InputRole::present, "other\xff", store::ObjectKind::blob, id_of("other")}};
    run.outputs = {{"model.bin", store::ObjectKind::blob, id_of("model"), 12, true}};
    run.series = id_of("series");
    return run;
}

}  // namespace mlo::test
