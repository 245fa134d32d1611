// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/track/gpu.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/child.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <vector>

namespace mlo::track {

/// A value of one of the metrics that mlo records by itself.
struct UsageValue {
    std::string key;
    double value = 0;
    friend bool operator==(const UsageValue&, const UsageValue&) = default;
};

/// What a job used, once it has ended.
struct UsageEnd {
    std::vector<UsageValue> values;  ///< of the time since the last sample
    /// "usage.cpu_user_seconds", "usage.cpu_system_seconds", "usage.peak_memory_bytes", "usage.read_bytes",
    /// "usage.written_bytes", "usage.peak_processes", and for each GPU "usage.gpu.0.peak_memory_bytes": of the job
    /// itself, if that is known. The peak of processes is that of the samples, and at least 1.
    Facts totals;
};

/// Samples what a job and all that it started use of the machine. Where processes share memory, each of them counts it.
/// One thread at a time.
class UsageSampler {
public:
    /// `job` is the process of the job, a child of ours; `marker` an entry of the environment (KEY=VALUE) that its
    /// processes alone have. Loading the library of the GPUs may take some tenths of a second. Throws system_call
    /// where there is no /proc.
    UsageSampler(int job, std::string marker, Clock& clock, const std::string& gpu_library = Gpus::usual_library);
    ~UsageSampler();
    UsageSampler(const UsageSampler&) = delete;
    UsageSampler& operator=(const UsageSampler&) = delete;

    /// `system/cpu_percent` since the sample before (100: one core), `system/memory_bytes`, `system/processes`,
    /// `system/read_bytes` and `system/written_bytes` from and to storage since the job began, and for each GPU, by
    /// whomever, `system/gpu_0_utilization_percent` and `system/gpu_0_memory_bytes`; by the job itself, once it was
    /// seen there, `system/gpu_0_own_utilization_percent` and `system/gpu_0_own_memory_bytes`.
    [[nodiscard]] std::vector<UsageValue> sample();
    /// Once the job was waited for.
    [[nodiscard]] UsageEnd end(const ChildEnd& end);

    /// What the GPUs are: Gpus::facts.
    [[nodiscard]] Facts gpu_facts() const;
    /// Why GPUs that are there cannot be asked, in a phrase; empty if all is well.
    [[nodiscard]] const std::string& gpu_trouble() const noexcept;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
