// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/lock.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <mlo/json/parse.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

/// Values as tests/data/pipeline/record_locks.py spells them.
Datum datum_of(const Value& value) {
    if (value.is(ValueKind::list)) {
        Datum::List list;
        for (const auto& item : value.items()) list.push_back(datum_of(item));
        return {list};
    }
    if (!value.is(ValueKind::mapping)) return to_datum(value);
    if (const auto special = value.find("$f")) {
        const auto name = special->as_string();
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return {name == "nan" ? std::numeric_limits<double>::quiet_NaN() : name == "inf" ? infinity : -infinity};
    }
    Datum::Mapping mapping;
    for (const auto& member : value.members()) mapping.push_back({std::string{member.name()}, datum_of(member.value)});
    return {mapping};
}

PathState state_of(const Value& entry) {
    PathState state{.md5 = std::string{entry.get("md5").as_string()}};
    if (state.md5.ends_with(".dir")) state.kind = store::ObjectKind::tree;
    state.size_bytes = entry.get("size").as_unsigned();
    if (const auto files = entry.find("nfiles")) state.files = files->as_unsigned();
    state.is_executable = entry.find("isexec").has_value();
    state.is_dos2unix_md5 = entry.find("dos2unix").has_value();
    return state;
}

StageRecord record_of(const Value& step) {
    StageRecord record;
    const auto command = step.get("cmd");
    if (command.is(ValueKind::list)) {
        record.command_form = CommandForm::list;
        for (const auto& item : command.items()) record.commands.emplace_back(item.as_string());
    } else {
        record.commands.emplace_back(command.as_string());
    }
    for (const auto& dep : step.get("deps").items()) {
        record.deps.push_back({std::string{dep.get("path").as_string()}, state_of(dep)});
    }
    for (const auto& out : step.get("outs").items()) {
        record.outs.push_back({.path = std::string{out.get("path").as_string()}, .state = state_of(out)});
    }
    for (const auto& file : step.get("params").members()) {
        ParamsRecord params{.file = std::string{file.name()}};
        for (const auto& member : file.value.members()) {
            params.values.push_back({std::string{member.name()}, datum_of(member.value)});
        }
        record.params.push_back(std::move(params));
    }
    return record;
}

Document golden() {
    std::ifstream in{MLO_TEST_DATA "/pipeline/dvc-locks.json", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return json::parse(text, "dvc-locks.json");
}

}  // namespace

TEST_CASE("dvc.lock is written byte for byte as DVC writes it") {
    const auto cases = golden();
    REQUIRE(cases.root().size() >= 250);
    int number = 0;
    for (const auto& row : cases.root().items()) {
        INFO(number++);
        Lock lock{Dialect::dvc, "dvc.lock", ""};
        for (const auto& step : row.get("steps").items()) lock.put(step.get("stage").as_string(), record_of(step));
        CHECK(lock.text() == row.get("lock").as_string());

        // Opened anew after each stage, as DVC does.
        std::string text;
        for (const auto& step : row.get("steps").items()) {
            Lock again{Dialect::dvc, "dvc.lock", text};
            again.put(step.get("stage").as_string(), record_of(step));
            text = again.text();
        }
        CHECK(text == row.get("lock").as_string());
    }
}

TEST_CASE("what DVC wrote is read as it was") {
    const auto cases = golden();
    int number = 0;
    for (const auto& row : cases.root().items()) {
        INFO(number++);
        const Lock lock{Dialect::dvc, "dvc.lock", std::string{row.get("lock").as_string()}};
        CHECK(lock.text() == row.get("lock").as_string());
        CHECK_FALSE(lock.is_changed());
        std::map<std::string, StageRecord> last;
        for (const auto& step : row.get("steps").items())
            last[std::string{step.get("stage").as_string()}] = record_of(step);
        CHECK(lock.stages().size() == last.size());
        for (const auto& [stage, record] : last) {
            INFO(stage);
            const auto found = lock.find(stage);
            REQUIRE(found);
            for (const auto& reason : differences(*found, as_locked(Dialect::dvc, record))) {
                FAIL_CHECK(reason.name << ": " << reason.before.value_or("none") << " -> "
                                       << reason.after.value_or("none"));
            }
            REQUIRE(found->outs.size() == record.outs.size());
            for (std::size_t i = 0; i < found->outs.size(); ++i) CHECK(found->outs[i] == record.outs[i]);
        }
    }
}
