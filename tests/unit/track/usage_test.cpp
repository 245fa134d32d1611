// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <map>
#include <mlo/track/limits.hpp>
#include <mlo/track/usage.hpp>
#include <seeded.hpp>

#include "fake_nvml.hpp"

using namespace mlo::track;
using mlo::ChildEnd;
using namespace std::chrono_literals;

namespace {

/// A process that works for 50 ms of processor time, says so, and waits to be ended.
class Job {
public:
    Job() {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            // Asking is work for the system too, and on some machines most of it.
            rusage use{};
            while (use.ru_utime.tv_sec + use.ru_stime.tv_sec == 0 &&
                   use.ru_utime.tv_usec + use.ru_stime.tv_usec < 50'000)
                ::getrusage(RUSAGE_SELF, &use);
            if (::write(pipe[1], "x", 1) == 1)
                while (true) ::pause();
            ::_exit(1);
        }
        REQUIRE(pid_ > 0);
        char said = 0;
        REQUIRE(::read(pipe[0], &said, 1) == 1);
        for (const int end : pipe) ::close(end);
    }
    ~Job() { end(); }
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    void end() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    [[nodiscard]] int pid() const noexcept { return pid_; }

private:
    pid_t pid_ = -1;
};

std::map<std::string, double> by_key(const std::vector<UsageValue>& values) {
    std::map<std::string, double> map;
    for (const auto& [key, value] : values) {
        check_key(key, "metric");
        CHECK(map.emplace(key, value).second);
    }
    return map;
}

std::string keys_of(const std::map<std::string, double>& values) {
    std::string text;
    for (const auto& [key, value] : values) text += key + " ";
    return text;
}

mlo::test::StillClock clock_at(std::chrono::seconds time) { return mlo::test::StillClock{mlo::Timestamp{time}}; }

}  // namespace

TEST_CASE("what a job uses is sampled, and summed up at its end") {
    Job job;
    auto clock = clock_at(1000s);
    UsageSampler sampler{job.pid(), "MLO_RUN_ID=1", clock, "no library"};
    CHECK(sampler.gpu_facts().empty());
    CHECK(sampler.gpu_trouble().empty());
    CHECK(keys_of(by_key(sampler.sample())) ==
          "system/memory_bytes system/processes system/read_bytes system/written_bytes ");
    clock.sleep(2s, {});
    auto values = by_key(sampler.sample());
    CHECK(keys_of(values) ==
          "system/cpu_percent system/memory_bytes system/processes system/read_bytes system/written_bytes ");
    CHECK(values["system/processes"] == 1);
    CHECK(values["system/memory_bytes"] > 10'000);
    CHECK(values["system/cpu_percent"] < 2);  // its work was before the first sample

    job.end();
    ChildEnd end;
    end.user_time = 200s;
    end.system_time = 40s;
    end.peak_memory_bytes = std::uint64_t{1} << 50;
    end.read_bytes = std::uint64_t{1} << 40;
    end.written_bytes = std::uint64_t{1} << 41;
    clock.sleep(100s, {});
    const auto [last, totals] = sampler.end(end);
    values = by_key(last);
    CHECK(keys_of(values) == "system/cpu_percent system/read_bytes system/written_bytes ");
    CHECK(values["system/cpu_percent"] == Approx(240).margin(1));
    CHECK(values["system/read_bytes"] == static_cast<double>(std::uint64_t{1} << 40));
    CHECK(totals == Facts{{"usage.cpu_user_seconds", 200.0},
                          {"usage.cpu_system_seconds", 40.0},
                          {"usage.peak_memory_bytes", std::int64_t{1} << 50},
                          {"usage.peak_processes", std::int64_t{1}},
                          {"usage.read_bytes", std::int64_t{1} << 40},
                          {"usage.written_bytes", std::int64_t{1} << 41}});
}

TEST_CASE("a job that ended before it was looked at was one process") {
    Job job;
    auto clock = clock_at(1000s);
    UsageSampler sampler{job.pid(), "", clock, "no library"};
    job.end();
    CHECK(sampler.end({}).totals.at("usage.peak_processes") == Fact{std::int64_t{1}});
}

TEST_CASE("the share of a processor is that of the time since the sample before") {
    Job job;
    const auto percent_of = [&](std::chrono::nanoseconds time) {
        auto clock = clock_at(1000s);
        UsageSampler sampler{job.pid(), "", clock, "no library"};
        clock.sleep(time, {});
        return by_key(sampler.sample())["system/cpu_percent"];
    };
    const auto percent = percent_of(100ms);
    CHECK(percent >= 40);
    CHECK(percent_of(200ms) == Approx(percent / 2).epsilon(0.3));
}

TEST_CASE("what a job uses of GPUs is sampled with the rest") {
    Job job;
    void* const library = ::dlopen(MLO_FAKE_NVML, RTLD_NOW);
    REQUIRE(library != nullptr);
    auto& nvml = *static_cast<FakeNvml*>(::dlsym(library, "fake_nvml_state"));
    nvml = {};
    nvml.gpu_count = 2;
    nvml.gpus[0] = {"G", 100, 60, 77, 1, {{static_cast<unsigned int>(job.pid()), 50, 30}}, 1000};
    nvml.gpus[1] = {"G", 100, 10, 5, 1, {{1, 10, 5}}, 1000};
    auto clock = clock_at(1000s);
    UsageSampler sampler{job.pid(), "", clock, MLO_FAKE_NVML};
    CHECK(sampler.gpu_facts().size() == 5);
    auto values = by_key(sampler.sample());
    CHECK(values.size() == 10);
    CHECK(values.at("system/gpu_0_utilization_percent") == 77);
    CHECK(values.at("system/gpu_0_memory_bytes") == 60);
    CHECK(values.at("system/gpu_0_own_utilization_percent") == 30);
    CHECK(values.at("system/gpu_0_own_memory_bytes") == 50);
    CHECK(values.at("system/gpu_1_utilization_percent") == 5);
    CHECK(values.at("system/gpu_1_memory_bytes") == 10);
    nvml.gpus[0].used_bytes = 20;
    nvml.gpus[0].process_count = 0;
    CHECK(by_key(sampler.sample()).at("system/gpu_0_own_memory_bytes") == 0);
    job.end();
    const auto totals = sampler.end({}).totals;
    CHECK(totals.at("usage.gpu.0.peak_memory_bytes") == Fact{std::int64_t{50}});
    CHECK(totals.at("usage.gpu.1.peak_memory_bytes") == Fact{std::int64_t{10}});
}
