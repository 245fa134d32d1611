// SPDX-License-Identifier: Apache-2.0
#include "write_path.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <mlo/util/error.hpp>
#include <vector>

#include "full.hpp"

namespace mlo::test {

CutCounts cut_everywhere(const WritePath& path, std::size_t limit, std::uint64_t random) {
    // The states are looked at afterwards: a check runs code that is in the middle of something during the work.
    struct Moment {
        FaultFs fs;
        std::uint64_t acknowledged;
    };
    std::vector<Moment> moments;
    auto fs = path.prepare();
    std::uint64_t acknowledged = 0;
    fs.before_each_change([&](std::uint64_t) { moments.push_back({fs.snapshot(), acknowledged}); });
    path.work(fs, acknowledged);
    fs.before_each_change({});
    moments.push_back({fs.snapshot(), acknowledged});

    CutCounts counts;
    counts.changes = moments.size() - 1;
    const auto per_cut = random / moments.size() + 1;
    for (std::size_t at = 0; at < moments.size(); ++at) {
        const auto& moment = moments[at];
        INFO("cut before change " << at + 1 << " of " << counts.changes << ", " << moment.acknowledged
                                  << " acknowledged");
        std::uint64_t states = 0;
        const auto coverage = moment.fs.enumerate_crashes(limit, [&](FaultFs& after) {
            ++states;
            path.check(after, moment.acknowledged);
        });
        (coverage == Coverage::every_state ? counts.exhaustive : counts.random) += states;
        for (std::uint64_t i = 0; i < per_cut; ++i) {
            INFO("seed " << at * 1'000'000 + i);
            auto after = moment.fs.random_crash(at * 1'000'000 + i);
            path.check(after, moment.acknowledged);
        }
        counts.random += per_cut;
    }
    return counts;
}

namespace {

enum class Outcome { not_struck, survived, reported };

Outcome run_with_fault(const WritePath& path, const Fault& fault, std::uint64_t complete) {
    auto fs = path.prepare();
    std::uint64_t acknowledged = 0;
    bool reported = false;
    fs.fail(fault);
    try {
        path.work(fs, acknowledged);
    } catch (const Error& error) {
        reported = true;
        CHECK(error.kind() != ErrorKind::internal);
    }
    const bool struck = fs.struck();
    fs.heal();
    if (!reported) CHECK(acknowledged == complete);
    auto alive = fs.snapshot();
    path.check(alive, acknowledged);
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        auto after = fs.random_crash(seed);
        path.check(after, acknowledged);
    }
    if (reported) {
        // After a cut, as after a failed sync the old handles and pages are not to be trusted.
        auto after = fs.random_crash(0);
        std::uint64_t again = 0;
        path.work(after, again);
        CHECK(again == complete);
        path.check(after, again);
    }
    if (!struck) return Outcome::not_struck;
    return reported ? Outcome::reported : Outcome::survived;
}

}  // namespace

FaultCounts fail_everywhere(const WritePath& path, std::uint64_t complete) {
    const std::vector all{EIO, ENOSPC, EDQUOT, EMFILE, EINTR};
    FaultCounts counts;
    for (const auto law : {FaultLaw::once, FaultLaw::from_then_on}) {
        // For the library one error number is nearly as good as another: the quick run takes the likeliest.
        for (const int error : full_run() ? all : std::vector{law == FaultLaw::once ? EIO : ENOSPC}) {
            for (std::uint64_t call = 1;; ++call) {
                INFO("call " << call << " fails with error " << error
                             << (law == FaultLaw::once ? " once" : " from then on"));
                const auto outcome =
                    run_with_fault(path, {.at_call = call, .error_number = error, .law = law}, complete);
                if (outcome == Outcome::not_struck) break;
                ++counts.runs;
                if (outcome == Outcome::reported) ++counts.reported;
            }
        }
    }
    return counts;
}

std::uint64_t kill_everywhere(const WritePath& path, std::uint64_t complete) {
    for (std::uint64_t call = 1;; ++call) {
        INFO("killed at call " << call);
        auto fs = path.prepare();
        std::uint64_t acknowledged = 0;
        fs.fail({.at_call = call, .law = FaultLaw::killed});
        try {
            path.work(fs, acknowledged);
        } catch (const Error&) {
            CHECK(fs.struck());
        }
        if (!fs.struck()) return call - 1;
        fs.heal();
        acknowledged = 0;
        path.work(fs, acknowledged);
        CHECK(acknowledged == complete);
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            auto after = fs.random_crash(seed);
            path.check(after, acknowledged);
        }
    }
}

}  // namespace mlo::test
