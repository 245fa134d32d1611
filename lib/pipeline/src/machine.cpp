// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <mlo/pipeline/machine.hpp>
#include <mlo/track/host.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <string_view>
#include <variant>

namespace mlo::pipeline {
namespace {

std::optional<std::uint64_t> whole_number(const track::Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    const auto* const number = found == facts.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    if (number == nullptr || *number <= 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

std::optional<std::uint64_t> quota_of(const track::Facts& facts) {
    const auto found = facts.find("cgroup.cpu_limit");
    const auto* const cpus = found == facts.end() ? nullptr : std::get_if<double>(&found->second);
    constexpr double most = 1e6;
    if (cpus == nullptr || !(*cpus > 0) || *cpus > most) return std::nullopt;
    // Half a processor more is better used than left.
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(*cpus)));
}

std::uint64_t count_nvidia(const std::string& library) {
    const track::Gpus gpus{library};
    const auto facts = gpus.facts();
    return static_cast<std::uint64_t>(std::count_if(facts.begin(), facts.end(), [](const auto& fact) {
        return fact.first.starts_with("gpu.") && fact.first.ends_with(".name");
    }));
}

/// Each processor, of whatever kind, is a node; those that are no GPU have the id 0.
std::uint64_t count_amd(Fs& fs, const std::string& root) {
    std::uint64_t count = 0;
    try {
        const auto nodes = fs.open_root(path::join(root, "sys/class/kfd/kfd/topology/nodes"));
        for (const auto& entry : nodes->list()) {
            if (entry.kind != FileKind::directory) continue;
            std::array<std::byte, 32> bytes{};
            const auto read = nodes->open_dir(entry.name)->open("gpu_id")->read(bytes, 0);
            const auto id = trim(as_text(std::span{bytes}.first(read)));
            if (!id.empty() && id != "0") ++count;
        }
    } catch (const Error&) {
        // Without the driver there are none; what cannot be read cannot be used.
    }
    return count;
}

}  // namespace

std::vector<std::string> visible_gpus(std::uint64_t there, const std::optional<std::string>& devices) {
    std::vector<std::string> names;
    if (!devices) {
        for (std::uint64_t number = 0; number < there; ++number) names.push_back(std::to_string(number));
        return names;
    }
    if (there == 0) return names;
    // As CUDA reads it: up to the first that is none; by number, or by a name that begins with GPU- or MIG-.
    for (const auto& entry : split(*devices, ',')) {
        auto name = std::string{trim(entry)};
        const bool is_named = name.starts_with("GPU-") || name.starts_with("MIG-");
        std::uint64_t number = 0;
        const auto* const end = name.data() + name.size();
        const auto read = std::from_chars(name.data(), end, number);
        const bool is_number = read.ec == std::errc{} && read.ptr == end && number < there;
        if (!is_named && !is_number) break;
        if (is_number) name = std::to_string(number);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

GpuSet find_gpus(Fs& fs, const GetVariable& variable, const std::string& root, const std::string& gpu_library) {
    const auto cuda = variable("CUDA_VISIBLE_DEVICES");
    if (const auto there = count_nvidia(gpu_library); there > 0) {
        return {visible_gpus(there, cuda), {"CUDA_VISIBLE_DEVICES"}};
    }
    // ROCR_VISIBLE_DEVICES comes first, and the others count what it leaves. HIP takes CUDA's variable for its own.
    const auto left = visible_gpus(count_amd(fs, root), variable("ROCR_VISIBLE_DEVICES")).size();
    const auto hip = variable("HIP_VISIBLE_DEVICES");
    return {visible_gpus(left, hip ? hip : cuda), {"HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"}};
}

std::map<std::string, std::uint64_t> machine_resources(Fs& fs, const std::string& root) {
    const auto facts = track::read_machine(fs, root).hardware;
    std::map<std::string, std::uint64_t> resources;
    const auto least = [&](const std::string& pool, std::optional<std::uint64_t> amount) {
        if (!amount) return;
        const auto [place, is_new] = resources.emplace(pool, *amount);
        if (!is_new) place->second = std::min(place->second, *amount);
    };
    least("cpus", whole_number(facts, "cpu.usable"));
    least("cpus", quota_of(facts));
    resources.emplace("cpus", 1);
    least("memory", whole_number(facts, "memory_bytes"));
    least("memory", whole_number(facts, "cgroup.memory_limit_bytes"));
    return resources;
}

}  // namespace mlo::pipeline
