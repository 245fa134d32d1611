// SPDX-License-Identifier: Apache-2.0
// What filters mean: the runs that they find.
#include <catch2/catch.hpp>
#include <mlo/track/filter_sql.hpp>

#include "run_fixture.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

store::ObjectId id_of(std::string_view hex_digit) {
    std::string hex;
    while (hex.size() < 64) hex += hex_digit;
    return store::ObjectId::parse("sha256:" + hex).value();
}

/// a: finished, sealed; b: failed, sealed; c: running, with little.
void fill(Clone& clone, Opened& opened) {
    auto given = draft("first");
    given.name = "a";
    given.user = "Ada";
    given.source.commit = std::string(40, 'c');
    given.source.branch = "main";
    given.inputs = {{.role = InputRole::declared, .path = "data", .kind = store::ObjectKind::tree, .id = id_of("1")},
                    {.role = InputRole::present, .path = "other", .kind = store::ObjectKind::blob, .id = id_of("2")}};
    const auto a = opened.runs.create(given, process()).id;
    log(opened.runs, a, "loss", {{1, 1, 0.9}, {2, 2, 0.3}, {3, 3, 0.5}});
    log(opened.runs, a, "loss.max", {{1, 1, 7}});
    param(opened.runs, a, "lr", "1e-2");
    param(opened.runs, a, "model", "Tree 50%");
    tag(opened.runs, a, "stage", "candidate");
    const std::vector<Output> outputs{{.path = "model.bin", .id = id_of("3"), .size_bytes = 100}};
    opened.runs.record(a, {.outputs = outputs});
    clone.clock.move(std::chrono::seconds{5});
    opened.runs.end(a, ending());
    (void)opened.archive.seal(a);

    given = draft("second");
    given.name = "b";
    const auto b = opened.runs.create(given, process()).id;
    log(opened.runs, b, "loss", {{1, 1, 0.7}});
    param(opened.runs, b, "lr", "high");
    param(opened.runs, b, "model", "tree*");
    opened.runs.end(b, {.state = RunState::killed, .signal = 9});
    (void)opened.archive.seal(b);

    given = draft();
    given.name = "c";
    const auto c = opened.runs.create(given, process()).id;
    log(opened.runs, c, "loss", {{1, 1, std::nan("")}});
}

class Filtered {
public:
    Filtered() : opened_{clone_} { fill(clone_, opened_); }
    /// The names of the runs that a filter finds, in order.
    std::string operator()(std::string_view filter) {
        ListRequest request;
        request.sort.by = SortKey::By::name;
        request.order = SortOrder::ascending;
        request.where = filter::to_sql(filter::parse(filter));
        std::string names;
        for (const auto& run : list_runs(opened_.runs, request).runs) names += run.name;
        return names;
    }

private:
    Clone clone_;
    Opened opened_;
};

}  // namespace

TEST_CASE("filters find runs by metrics, their summaries and sums of them") {
    Filtered found;
    CHECK(found("") == "abc");
    CHECK(found("metrics.loss < 0.6") == "a");
    CHECK(found("metrics.loss > 0.6") == "b");
    CHECK(found("metrics.loss.min < 0.4") == "a");
    CHECK(found("metrics.`loss`.max >= 0.7") == "ab");
    CHECK(found("metrics.loss.max > 1") == "a");  // the metric of that name
    CHECK(found("metrics.loss.max < 1") == "b");  // which b does not have
    CHECK(found("metrics.loss.count = 3") == "a");
    CHECK(found("metrics.loss.count / 2 = 1.5") == "a");
    CHECK(found("metrics.loss * 2 - 1 = 0") == "a");
    CHECK(found("metrics.loss / 0 = 1") == "");
    CHECK(found("metrics.loss IN (0.5, 0.7)") == "ab");
    CHECK(found("metrics.loss BETWEEN 0.6 AND 0.8") == "b");
    CHECK(found("metrics.loss IS NOT NULL") == "abc");  // NaN is a value
    CHECK(found("metrics.other IS NULL") == "abc");
    CHECK(found("metrics.loss.last_ IS NULL") == "abc");
    CHECK(found("metrics.loss != 0.5") == "b");
}

TEST_CASE("filters find runs by parameters and tags, as text and as numbers") {
    Filtered found;
    CHECK(found("params.model = 'Tree 50%'") == "a");
    CHECK(found("params.model LIKE 'Tree%'") == "a");
    CHECK(found("params.model ILIKE 'tree%'") == "ab");
    CHECK(found("params.model LIKE 'tree*'") == "b");
    CHECK(found("params.model LIKE 'tree_'") == "b");
    CHECK(found("params.model NOT LIKE 'x%'") == "ab");  // c has none
    CHECK(found("params.lr < 0.1") == "a");
    CHECK(found("params.lr >= 0") == "a");
    CHECK(found("params.lr = '1e-2'") == "a");
    CHECK(found("params.lr != 'high'") == "a");
    CHECK(found("tags.stage = 'candidate' OR params.lr = 'high'") == "ab");
    CHECK(found("tags.stage IS NULL") == "bc");
    CHECK(found("NOT tags.stage = 'x'") == "a");
}

TEST_CASE("filters find runs by what they are, what they used and what they made") {
    Filtered found;
    CHECK(found("status = 'FINISHED'") == "a");
    CHECK(found("status IN ('KILLED', 'RUNNING')") == "bc");
    CHECK(found("run_name != 'a'") == "bc");
    CHECK(found("user = 'Ada'") == "a");
    CHECK(found("experiment = 'second'") == "b");
    CHECK(found("experiment_id = '0'") == "c");
    CHECK(found("signal = 9") == "b");
    CHECK(found("exit_code = 0") == "a");
    CHECK(found("branch = 'main' AND commit LIKE 'ccc%'") == "a");
    CHECK(found("duration = 5") == "a");
    CHECK(found("end_time IS NULL") == "c");
    CHECK(found("start_time < '2027-01-15T08:00:01Z'") == "a");
    CHECK(found("parent IS NULL") == "abc");
    CHECK(found("artifact_uri IS NULL") == "abc");
    CHECK(found("inputs.path = 'data'") == "a");
    CHECK(found("inputs.id = 'sha256:" + std::string(64, '1') + "'") == "a");
    CHECK(found("datasets.digest LIKE '22%' AND datasets.context = 'present'") == "a");
    CHECK(found("inputs.role = 'observed'") == "");
    CHECK(found("NOT inputs.path = 'data'") == "bc");
    CHECK(found("outputs.size > 50 AND outputs.path LIKE 'model%'") == "a");
    CHECK(found("outputs.id IS NOT NULL") == "a");
}

TEST_CASE("a filter of many conditions is not too much") {
    Filtered found;
    std::string filter = "run_name = 'none'";
    while (filter.size() < 16'000) filter += " OR run_name='b'";
    CHECK(found(filter) == "b");
}

TEST_CASE("text in a filter is a value, never a part of the query") {
    Filtered found;
    CHECK(found("run_name = 'a'' OR 1=1 --'") == "");
    CHECK(found("params.`x' OR 1=1 --` = 'a'") == "");
}
