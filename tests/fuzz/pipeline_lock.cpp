// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

namespace {

using namespace mlo;

/// Damage has codes of its own, and a place.
void check(const Error& error) {
    const auto id = error.code().id;
    const bool is_known = id == pipeline::errors::lock_invalid.id || id == pipeline::errors::lock_newer.id ||
                          id == pipeline::errors::lock_conflict.id;
    if (!is_known || !error.place().starts_with("input:")) throw error;
}

/// What can be read is written again as something that reads the same, whatever else the lock holds.
void round_trip(pipeline::Dialect dialect, const std::string& text) {
    pipeline::Lock lock{dialect, "input", text};
    MLO_ASSERT(lock.text() == text);
    for (const auto& stage : lock.stages()) {
        std::optional<pipeline::StageRecord> record;
        try {
            record = lock.find(stage);
        } catch (const Error& error) {
            check(error);
            continue;
        }
        MLO_ASSERT(record.has_value());
        pipeline::Lock fresh{dialect, "input", ""};
        fresh.put(stage, *record);
        const auto again = pipeline::Lock{dialect, "input", fresh.text()}.find(stage);
        MLO_ASSERT(again.has_value());
        MLO_ASSERT(pipeline::key_text(*again) == pipeline::key_text(*record));
        lock.put(stage, *record);
    }
    MLO_ASSERT(pipeline::Lock(dialect, "input", lock.text()).stages().size() == lock.stages().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{data, data + size};
    for (const auto dialect : {pipeline::Dialect::mlo, pipeline::Dialect::dvc}) {
        try {
            round_trip(dialect, text);
        } catch (const Error& error) {
            check(error);
        }
    }
    return 0;
}
