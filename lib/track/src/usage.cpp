// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/track/usage.hpp>
#include <mlo/util/process_tree.hpp>
#include <utility>

namespace mlo::track {
namespace {

using Seconds = std::chrono::duration<double>;

std::int64_t to_fact(std::uint64_t number) noexcept { return static_cast<std::int64_t>(number); }

}  // namespace

class UsageSampler::Parts {
public:
    Parts(int job, std::string marker, Clock& clock, const std::string& gpu_library)
        : clock_{clock}, last_time_{clock.elapsed()}, tree_{job, std::move(marker)}, gpus_{gpu_library} {}

    std::vector<UsageValue> sample() {
        const auto use = look([this] { return tree_.sample(); });
        add("memory_bytes", use.memory_bytes);
        add("processes", use.processes);
        for (const auto& gpu : gpus_.sample(tree_.processes())) add_gpu(gpu);
        return std::exchange(values_, {});
    }

    UsageEnd end(const ChildEnd& end) {
        const auto use = look([&] { return tree_.end(end); });
        UsageEnd result;
        result.values = std::exchange(values_, {});
        result.totals["usage.cpu_user_seconds"] = Seconds{use.user_time}.count();
        result.totals["usage.cpu_system_seconds"] = Seconds{use.system_time}.count();
        result.totals["usage.peak_memory_bytes"] = to_fact(use.peak_memory_bytes);
        result.totals["usage.peak_processes"] = to_fact(peak_processes_);
        result.totals["usage.read_bytes"] = to_fact(use.read_bytes);
        result.totals["usage.written_bytes"] = to_fact(use.written_bytes);
        for (const auto& [number, peak] : peak_gpu_memory_)
            result.totals[fmt::format("usage.gpu.{}.peak_memory_bytes", number)] = to_fact(peak.own.value_or(peak.all));
        return result;
    }

    [[nodiscard]] const Gpus& gpus() const noexcept { return gpus_; }

private:
    struct Peak {
        std::uint64_t all = 0;
        std::optional<std::uint64_t> own;
    };

    template <class Look>
    ResourceUse look(Look take) {
        const ResourceUse use = take();
        const auto now = clock_.elapsed();
        const auto time = use.user_time + use.system_time;
        if (now > last_time_) add("cpu_percent", 100 * Seconds{time - last_cpu_time_} / Seconds{now - last_time_});
        last_time_ = now;
        last_cpu_time_ = time;
        add("read_bytes", use.read_bytes);
        add("written_bytes", use.written_bytes);
        peak_processes_ = std::max(peak_processes_, use.processes);
        return use;
    }

    void add_gpu(const GpuUse& use) {
        const auto add_one = [&](std::string_view name, const auto& value) {
            if (value) add(fmt::format("gpu_{}_{}", use.number, name), *value);
        };
        add_one("utilization_percent", use.utilization_percent);
        add_one("memory_bytes", use.memory_bytes);
        add_one("own_utilization_percent", use.own_utilization_percent);
        add_one("own_memory_bytes", use.own_memory_bytes);
        if (!use.memory_bytes && !use.own_memory_bytes) return;
        auto& peak = peak_gpu_memory_[use.number];
        peak.all = std::max(peak.all, use.memory_bytes.value_or(0));
        peak.own = std::max(peak.own, use.own_memory_bytes);
    }

    template <class Number>
    void add(std::string_view name, Number value) {
        values_.push_back({fmt::format("system/{}", name), static_cast<double>(value)});
    }

    Clock& clock_;
    std::chrono::nanoseconds last_time_;  ///< at first when the job began, about
    ProcessTree tree_;
    Gpus gpus_;
    std::chrono::nanoseconds last_cpu_time_{};
    std::uint64_t peak_processes_ = 1;  ///< the job itself was there, if only before it could be looked at
    std::map<std::uint32_t, Peak> peak_gpu_memory_;
    std::vector<UsageValue> values_;
};

UsageSampler::UsageSampler(int job, std::string marker, Clock& clock, const std::string& gpu_library)
    : parts_{std::make_unique<Parts>(job, std::move(marker), clock, gpu_library)} {}
UsageSampler::~UsageSampler() = default;

std::vector<UsageValue> UsageSampler::sample() { return parts_->sample(); }
UsageEnd UsageSampler::end(const ChildEnd& end) { return parts_->end(end); }
Facts UsageSampler::gpu_facts() const { return parts_->gpus().facts(); }
const std::string& UsageSampler::gpu_trouble() const noexcept { return parts_->gpus().trouble(); }

}  // namespace mlo::track
