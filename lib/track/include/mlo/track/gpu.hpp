// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mlo/track/run.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mlo::track {

/// What a GPU does at one moment. What its driver does not tell is not there.
struct GpuUse {
    std::uint32_t number = 0;
    std::optional<double> utilization_percent{};      ///< the share of time in which anything ran on it
    std::optional<std::uint64_t> memory_bytes{};      ///< in use, by whomever
    std::optional<double> own_utilization_percent{};  ///< by the processes asked for, once one of them was seen on it
    std::optional<std::uint64_t> own_memory_bytes{};  ///< likewise
    friend bool operator==(const GpuUse&, const GpuUse&) = default;
};

/// The NVIDIA GPUs of the machine, through the library of their driver (NVML), which is loaded if it is there. One
/// thread at a time.
class Gpus {
public:
    static constexpr const char* usual_library = "libnvidia-ml.so.1";
    static constexpr std::uint32_t most = 64;

    /// Starting the library takes some tenths of a second. Without it, or a driver, there are no GPUs.
    explicit Gpus(const std::string& library = usual_library);
    ~Gpus();
    Gpus(const Gpus&) = delete;
    Gpus& operator=(const Gpus&) = delete;

    /// "gpu.driver", and for each of them "gpu.0.name", "gpu.0.memory_bytes".
    [[nodiscard]] Facts facts() const;
    /// What they do now, in order; `own` are processes, ascending.
    [[nodiscard]] std::vector<GpuUse> sample(std::span<const int> own);
    /// Why what should be there cannot be asked, in a phrase; empty if all is well.
    [[nodiscard]] const std::string& trouble() const noexcept;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
