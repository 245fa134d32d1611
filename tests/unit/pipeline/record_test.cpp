// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/record.hpp>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <mlo/json/parse.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <random>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

std::string bytes_of(const Value& typed) {
    const auto member = typed.members().at(0);
    if (member.name() == "text") return std::string{member.value.as_string()};
    return base64_decode(member.value.as_string()).value();
}

Datum number_of(std::string_view digits) {
    std::int64_t value = 0;
    const auto* const end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ec == std::errc{}) return {value};
    std::uint64_t large = 0;
    REQUIRE(std::from_chars(digits.data(), end, large).ec == std::errc{});
    return {large};
}

/// A value as the golden file spells it (tests/data/json/canonical.py).
Datum datum_of(const Value& typed) {
    const auto member = typed.members().at(0);
    const auto kind = member.name();
    if (kind == "null") return {};
    if (kind == "bool") return {member.value.as_boolean()};
    if (kind == "int") return number_of(member.value.as_string());
    if (kind == "text") return {std::string{member.value.as_string()}};
    if (kind == "real") {
        std::uint64_t bits = 0;
        const auto hex = member.value.as_string();
        REQUIRE(std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16).ec == std::errc{});
        return {std::bit_cast<double>(bits)};
    }
    if (kind == "list") {
        Datum::List list;
        for (const auto& item : member.value.items()) list.push_back(datum_of(item));
        return {list};
    }
    Datum::Mapping mapping;
    for (const auto& pair : member.value.items()) {
        mapping.push_back({std::string{pair.items().at(0).as_string()}, datum_of(pair.items().at(1))});
    }
    return {mapping};
}

StageRecord record_of(const Value& row) {
    StageRecord record;
    record.command_form = row.get("form").as_string() == "text" ? CommandForm::text : CommandForm::list;
    for (const auto& command : row.get("commands").items()) record.commands.push_back(bytes_of(command));
    record.wdir = bytes_of(row.get("wdir"));
    for (const auto& dep : row.get("deps").items()) {
        DependencyRecord dependency{.path = bytes_of(dep.get("path"))};
        auto& state = dependency.state;
        const bool is_file = dep.get("kind").as_string() == "file";
        state.kind = is_file ? store::ObjectKind::blob : store::ObjectKind::tree;
        if (!dep.get("id").is_null()) state.id = hash::Digest::parse(dep.get("id").as_string()).value();
        if (const auto md5 = dep.find("md5")) state.md5 = md5->as_string();
        state.is_executable = dep.get("executable").as_boolean();
        record.deps.push_back(dependency);
    }
    for (const auto& thing : row.get("environment").items()) {
        EnvironmentRecord environment{.name = bytes_of(thing.get("name"))};
        if (!thing.get("value").is_null()) environment.value = bytes_of(thing.get("value"));
        record.environment.push_back(environment);
    }
    for (const auto& out : row.get("outs").items()) {
        const auto role = out.get("role").as_string();
        record.outs.push_back({.path = bytes_of(out.get("path")),
                               .role = role == "data"     ? OutputRole::data
                                       : role == "metric" ? OutputRole::metric
                                                          : OutputRole::plot,
                               .is_cached = out.get("cached").as_boolean(),
                               .is_persistent = out.get("persistent").as_boolean()});
    }
    for (const auto& param : row.get("params").items()) {
        record.params.push_back(
            {bytes_of(param.get("file")), {{bytes_of(param.get("key")), datum_of(param.get("value"))}}});
    }
    return record;
}

hash::Digest digest(std::string_view text) { return hash::sha256(as_bytes(text)); }

/// Records of few choices, so that equal ones come up.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_{seed} {}

    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    std::string word() { return std::string(1 + below(2), static_cast<char>('a' + below(3))); }

    Datum value(int depth = 0) {
        switch (below(depth > 1 ? 6 : 8)) {
            case 0:
                return {};
            case 1:
                return {below(2) == 0};
            case 2:
                return {static_cast<std::int64_t>(below(2))};
            case 3:
                return {static_cast<double>(below(2))};
            case 4:
                return {std::numeric_limits<double>::quiet_NaN()};
            case 5:
                return {word()};
            case 6:
                return {Datum::List(below(3), value(depth + 1))};
            default: {
                Datum::Mapping mapping{{"x", value(depth + 1)}, {"y", value(depth + 1)}};
                if (below(2) == 0) std::swap(mapping[0], mapping[1]);
                return {mapping};
            }
        }
    }

    PathState state() {
        return {.kind = below(3) == 0 ? store::ObjectKind::tree : store::ObjectKind::blob,
                .id = digest(word()),
                .is_executable = below(3) == 0,
                .size_bytes = below(5),
                .files = below(2),
                .md5 = below(2) == 0 ? "" : word()};
    }

    StageRecord record() {
        StageRecord record;
        for (auto i = below(2); i > 0; --i) record.commands.push_back(word());
        record.command_form = below(2) == 0 ? CommandForm::text : CommandForm::list;
        if (below(3) == 0) record.wdir = word();
        for (auto i = below(3); i > 0; --i) record.deps.push_back({word(), state()});
        for (auto i = below(2); i > 0; --i) {
            ParamsRecord params{.file = word()};
            for (auto j = below(3); j > 0; --j) params.values.push_back({below(4) == 0 ? "" : word(), value()});
            record.params.push_back(std::move(params));
        }
        for (auto i = below(2); i > 0; --i) {
            record.environment.push_back({word(), below(2) == 0 ? std::nullopt : std::optional{word()}});
        }
        for (auto i = below(2); i > 0; --i) {
            OutputRecord output{.path = word(), .is_cached = below(3) != 0, .is_persistent = below(3) == 0};
            output.role = std::array{OutputRole::data, OutputRole::metric, OutputRole::plot}.at(below(3));
            if (below(2) == 0) output.state = state();
            record.outs.push_back(std::move(output));
        }
        return record;
    }

    /// What a change of one thing makes of it; some changes change nothing that counts.
    StageRecord changed(const StageRecord& record) {
        auto result = record;
        const auto other = this->record();
        switch (below(9)) {
            case 0:
                result.commands = other.commands;
                break;
            case 1:
                result.command_form = other.command_form;
                break;
            case 2:
                result.wdir = other.wdir;
                break;
            case 3:
                result.deps = other.deps;
                break;
            case 4:
                result.params = other.params;
                break;
            case 5:
                result.environment = other.environment;
                break;
            case 6:
                result.outs = other.outs;
                break;
            case 7:
                for (auto& dependency : result.deps) dependency.state = state();
                break;
            default:
                std::shuffle(result.deps.begin(), result.deps.end(), random_);
                std::shuffle(result.params.begin(), result.params.end(), random_);
                for (auto& dependency : result.deps) dependency.state.size_bytes = below(5);
                for (auto& output : result.outs) output.state = state();
        }
        return result;
    }

private:
    std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("keys of records have the bytes and the hash of the reference implementation") {
    std::ifstream in{MLO_TEST_DATA "/pipeline/stage-keys.json", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto golden = json::parse(text, "stage-keys.json");
    REQUIRE(golden.root().size() >= 11);
    for (const auto& row : golden.root().items()) {
        INFO(row.get("name").as_string());
        const auto record = record_of(row.get("record"));
        CHECK(key_text(record) == row.get("text").as_string());
        CHECK(key_of(record).to_string() == row.get("key").as_string());
        CHECK(differences(record, record).empty());
    }
}

TEST_CASE("records differ in nothing if and only if their keys are equal") {
    Generator generator{20261122};
    std::uint32_t equal = 0;
    std::uint32_t unequal = 0;
    for (int round = 0; round < 20'000; ++round) {
        const auto before = generator.record();
        const auto after = generator.below(8) == 0 ? generator.record() : generator.changed(before);
        const auto reasons = differences(before, after);
        const bool is_equal = key_text(before) == key_text(after);
        (is_equal ? equal : unequal) += 1;
        INFO(key_text(before) << '\n' << key_text(after));
        REQUIRE(reasons.empty() == is_equal);
        auto back = differences(after, before);
        for (auto& reason : back) std::swap(reason.before, reason.after);
        REQUIRE(back == reasons);
        REQUIRE(std::is_sorted(reasons.begin(), reasons.end(),
                               [](const Reason& a, const Reason& b) { return a.field < b.field; }));
    }
    CHECK(equal > 2'000);
    CHECK(unequal > 2'000);
}

TEST_CASE("differences name what changed, from what and to what") {
    StageRecord before{.commands = {"python fit.py"}, .wdir = "a"};
    before.deps = {
        {"data.csv", {.id = digest("1")}}, {"gone.csv", {.id = digest("2")}}, {"run.sh", {.id = digest("3")}}};
    before.params = {{"params.yaml", {{"depth", {std::int64_t{3}}}, {"lr", {0.1}}}}, {"all.toml", {{"", {1.0}}}}};
    before.environment = {{"variable LANG", "C"}, {"variable TZ", std::nullopt}};
    before.outs = {{.path = "model.bin", .state = PathState{.id = digest("x")}}};
    auto after = before;
    CHECK(differences(before, after).empty());

    after.command_form = CommandForm::list;
    after.commands = {"python fit.py", "echo \"done\""};
    after.wdir = "";
    after.deps = {{"data.csv", {.kind = store::ObjectKind::tree, .id = digest("1")}},
                  {"new.csv", {.id = digest("4")}},
                  {"run.sh", {.id = digest("3"), .is_executable = true}}};
    after.params[0].values = {{"lr", {std::int64_t{1}}}, {"seed", {}}};
    after.params[1].values[0].value = {true};
    after.environment = {{"variable LANG", std::nullopt}, {"variable TZ", "UTC"}};
    after.outs = {{.path = "model.bin", .role = OutputRole::metric, .is_cached = false, .is_persistent = true}};
    using Field = Reason::Field;
    const std::vector<Reason> expected{
        {Field::command, "", "python fit.py", R"(["python fit.py","echo \"done\""])"},
        {Field::wdir, "", "a", ""},
        {Field::dependency, "data.csv", digest("1").to_string(), digest("1").to_string() + " (folder)"},
        {Field::dependency, "gone.csv", digest("2").to_string(), std::nullopt},
        {Field::dependency, "new.csv", std::nullopt, digest("4").to_string()},
        {Field::dependency, "run.sh", digest("3").to_string(), digest("3").to_string() + " (executable)"},
        {Field::param, "all.toml", "1.0", "true"},
        {Field::param, "params.yaml:depth", "3", std::nullopt},
        {Field::param, "params.yaml:lr", "0.1", "1"},
        {Field::param, "params.yaml:seed", std::nullopt, "null"},
        {Field::environment, "variable LANG", "C", std::nullopt},
        {Field::environment, "variable TZ", std::nullopt, "UTC"},
        {Field::output, "model.bin", "data", "metric, not cached, persistent"}};
    CHECK(differences(before, after) == expected);
}

TEST_CASE("content is the same by ids, and by MD5 where one side has no id") {
    const std::string empty = "d41d8cd98f00b204e9800998ecf8427e";
    const PathState seen{.id = digest("1"), .is_executable = true, .size_bytes = 1, .md5 = empty};
    auto other = seen;
    other.size_bytes = 9;
    other.md5 = "x";
    CHECK(same_content(seen, other));
    other.is_executable = false;
    CHECK_FALSE(same_content(seen, other));

    const PathState locked{.md5 = empty};
    CHECK(same_content(seen, locked));
    CHECK(same_content(locked, seen));
    CHECK(same_content(locked, locked));
    CHECK_FALSE(same_content(seen, PathState{.md5 = "x"}));
    CHECK_FALSE(same_content(seen, PathState{.kind = store::ObjectKind::tree, .md5 = empty}));
    CHECK_FALSE(same_content(PathState{.id = digest("1")}, locked));
    CHECK_FALSE(same_content(PathState{}, PathState{}));

    StageRecord before{.deps = {{"a", locked}}};
    StageRecord after{.deps = {{"a", seen}}};
    CHECK(differences(before, after).empty());
    after.deps[0].state.md5 = "x";
    CHECK(differences(before, after) == std::vector<Reason>{{Reason::Field::dependency, "a", "md5:" + empty, "md5:x"}});
    before.deps[0].state.md5 = "";
    CHECK(differences(before, after).size() == 1);
    CHECK(differences(before, before).size() == 1);
}
