// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/track/gpu.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "nvml.hpp"

namespace mlo::track {
namespace {

constexpr std::size_t longest_text = 96;
constexpr std::size_t most_processes = 4096;

/// What a function of the library writes into a buffer of ours; empty if it does not.
template <class Ask>
std::string text_of(Ask ask) {
    std::array<char, longest_text> buffer{};
    if (ask(buffer.data(), static_cast<unsigned int>(buffer.size())) != nvml::success) return {};
    buffer.back() = '\0';
    std::string text{buffer.data()};
    return is_valid_utf8(text) ? text : std::string{};
}

/// All that a function of the library lists; nothing if it cannot.
template <class Item, class Ask>
std::optional<std::vector<Item>> list_of(Ask ask) {
    std::vector<Item> items;
    // It says how many there are, and there may be more by the time they are asked for.
    for (std::size_t size = 0; size <= most_processes; size = 2 * size + 16) {
        items.resize(size);
        auto count = static_cast<unsigned int>(size);
        const auto code = ask(items.data(), &count);
        if ((code == nvml::success && count <= size) || code == nvml::not_found) {
            items.resize(code == nvml::success ? count : 0);
            return items;
        }
        if (code != nvml::insufficient_size && code != nvml::success) return std::nullopt;
        size = std::max<std::size_t>(size, std::min<std::size_t>(count, most_processes) / 2);
    }
    return std::nullopt;
}

bool is_own(std::span<const int> own, unsigned int pid) {
    return std::binary_search(own.begin(), own.end(), static_cast<int>(pid));
}

}  // namespace

class Gpus::Parts {
public:
    explicit Parts(const std::string& library) : nvml_{nvml::load(library)} {
        if (nvml_.init == nullptr) return;
        if (const auto code = nvml_.init(); code != nvml::success) {
            if (code != nvml::driver_not_loaded) fail(code);
            return;
        }
        is_started_ = true;
        unsigned int count = 0;
        if (const auto code = nvml_.device_count(&count); code != nvml::success) fail(code);
        for (unsigned int number = 0; number < std::min<unsigned int>(count, most); ++number) {
            Gpu gpu{.number = number};
            if (nvml_.device(number, &gpu.device) == nvml::success) gpus_.push_back(gpu);
        }
    }

    ~Parts() {
        if (is_started_) nvml_.shutdown();
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    [[nodiscard]] Facts facts() const {
        Facts facts;
        if (gpus_.empty()) return facts;
        const auto add = [&](std::string name, std::string value) {
            if (!value.empty()) facts[std::move(name)] = std::move(value);
        };
        if (nvml_.driver_version != nullptr)
            add("gpu.driver", text_of([&](auto... into) { return nvml_.driver_version(into...); }));
        for (const auto& gpu : gpus_) {
            add(fmt::format("gpu.{}.name", gpu.number),
                text_of([&](auto... into) { return nvml_.device_name(gpu.device, into...); }));
            if (const auto memory = memory_of(gpu))
                facts[fmt::format("gpu.{}.memory_bytes", gpu.number)] = static_cast<std::int64_t>(memory->total);
        }
        return facts;
    }

    std::vector<GpuUse> sample(std::span<const int> own) {
        std::vector<GpuUse> uses;
        for (auto& gpu : gpus_) {
            GpuUse use{.number = gpu.number};
            nvml::Utilization rates{};
            if (nvml_.utilization != nullptr && nvml_.utilization(gpu.device, &rates) == nvml::success)
                use.utilization_percent = rates.gpu;
            if (const auto memory = memory_of(gpu)) use.memory_bytes = memory->used;
            use.own_memory_bytes = own_memory(gpu, own);
            if (gpu.is_ours) use.own_utilization_percent = own_utilization(gpu, own);
            uses.push_back(use);
        }
        return uses;
    }

    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    struct Gpu {
        std::uint32_t number = 0;
        nvml::Device device = nullptr;
        unsigned long long seen_until_us = 0;
        bool is_ours = false;  ///< one of our processes was seen on it: in a container drivers may name them otherwise
    };

    void fail(nvml::Code code) {
        const char* const text = nvml_.error_text(code);
        trouble_ = "the library of the NVIDIA driver says: " + printable(text == nullptr ? "nothing" : text);
    }

    [[nodiscard]] std::optional<nvml::Memory> memory_of(const Gpu& gpu) const {
        nvml::Memory memory{};
        if (nvml_.memory == nullptr || nvml_.memory(gpu.device, &memory) != nvml::success) return std::nullopt;
        return memory;
    }

    [[nodiscard]] std::optional<std::uint64_t> own_memory(Gpu& gpu, std::span<const int> own) const {
        if (nvml_.compute_processes == nullptr) return std::nullopt;
        const auto processes = list_of<nvml::ProcessInfo>([&](nvml::ProcessInfo* infos, unsigned int* count) {
            return nvml_.compute_processes(gpu.device, count, infos);
        });
        if (!processes) return std::nullopt;
        std::uint64_t bytes = 0;
        for (const auto& process : *processes) {
            if (!is_own(own, process.pid)) continue;
            gpu.is_ours = true;
            if (process.used_memory != nvml::not_available) bytes += process.used_memory;
        }
        return gpu.is_ours ? std::optional{bytes} : std::nullopt;
    }

    [[nodiscard]] std::optional<double> own_utilization(Gpu& gpu, std::span<const int> own) const {
        if (nvml_.process_utilization == nullptr) return std::nullopt;
        const auto samples = list_of<nvml::ProcessSample>([&](nvml::ProcessSample* list, unsigned int* count) {
            return nvml_.process_utilization(gpu.device, list, count, gpu.seen_until_us);
        });
        if (!samples) return std::nullopt;
        double percent = 0;
        for (const auto& sample : *samples) {
            gpu.seen_until_us = std::max(gpu.seen_until_us, sample.time_us);
            if (is_own(own, sample.pid) && sample.gpu <= 100) percent += sample.gpu;
        }
        return std::min(percent, 100.0);
    }

    nvml::Library nvml_;
    bool is_started_ = false;
    std::vector<Gpu> gpus_;
    std::string trouble_;
};

Gpus::Gpus(const std::string& library) : parts_{std::make_unique<Parts>(library)} {}
Gpus::~Gpus() = default;

Facts Gpus::facts() const { return parts_->facts(); }
std::vector<GpuUse> Gpus::sample(std::span<const int> own) { return parts_->sample(own); }
const std::string& Gpus::trouble() const noexcept { return parts_->trouble(); }

}  // namespace mlo::track
