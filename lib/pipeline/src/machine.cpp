// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <mlo/pipeline/machine.hpp>
#include <mlo/track/host.hpp>
#include <mlo/util/text.hpp>
#include <set>
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

std::uint64_t count_gpus(const std::string& library) {
    const track::Gpus gpus{library};
    const auto facts = gpus.facts();
    return static_cast<std::uint64_t>(std::count_if(facts.begin(), facts.end(), [](const auto& fact) {
        return fact.first.starts_with("gpu.") && fact.first.ends_with(".name");
    }));
}

}  // namespace

std::uint64_t visible_gpus(std::uint64_t there, std::string_view devices) {
    // As CUDA reads it: up to the first that is none; by number, or by a name that begins with GPU- or MIG-.
    std::set<std::string> seen;
    for (const auto& entry : split(devices, ',')) {
        const auto name = std::string{trim(entry)};
        const bool is_named = name.starts_with("GPU-") || name.starts_with("MIG-");
        std::uint64_t number = 0;
        const auto* const end = name.data() + name.size();
        const auto read = std::from_chars(name.data(), end, number);
        const bool is_number = read.ec == std::errc{} && read.ptr == end && number < there;
        if (!is_named && !is_number) break;
        seen.insert(name);
    }
    return std::min<std::uint64_t>(there, seen.size());
}

std::map<std::string, std::uint64_t> machine_resources(Fs& fs, AskForGpus ask_for_gpus,
                                                       const std::optional<std::string>& visible_devices,
                                                       const std::string& root, const std::string& gpu_library) {
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
    if (ask_for_gpus == AskForGpus::no) return resources;
    const auto gpus = count_gpus(gpu_library);
    resources["gpus"] = visible_devices ? visible_gpus(gpus, *visible_devices) : gpus;
    return resources;
}

}  // namespace mlo::pipeline
