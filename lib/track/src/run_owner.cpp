// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mlo/track/run_owner.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>
#include <optional>
#include <string_view>

namespace mlo::track {
namespace {

constexpr std::uint64_t most_bytes = 4096;
constexpr std::uint64_t most_argument_bytes = std::uint64_t{4} << 20;
constexpr std::size_t most_generations = 64;
constexpr std::array shells{std::string_view{"sh"},   std::string_view{"bash"},    std::string_view{"dash"},
                            std::string_view{"zsh"},  std::string_view{"ksh"},     std::string_view{"ksh93"},
                            std::string_view{"mksh"}, std::string_view{"ash"},     std::string_view{"yash"},
                            std::string_view{"fish"}, std::string_view{"busybox"}, std::string_view{"rbash"}};

std::string text_of(Fs& fs, const std::string& folder, std::string_view name) {
    return read_file(*fs.open_root(folder), name, most_bytes);
}

/// The fields of /proc/PID/stat from the third on, behind the name, which may hold anything.
struct Stat {
    std::string name;
    std::vector<std::string> fields;
    [[nodiscard]] std::uint64_t number(std::size_t field) const {
        std::uint64_t value = 0;
        if (field - 3 < fields.size()) {
            const auto& digits = fields[field - 3];
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        }
        return value;
    }
    [[nodiscard]] std::int64_t parent() const { return static_cast<std::int64_t>(number(4)); }
};

std::optional<Stat> stat_of(Fs& fs, std::int64_t pid) {
    try {
        const auto text = text_of(fs, fmt::format("/proc/{}", pid), "stat");
        const auto begin = text.find('(');
        const auto end = text.rfind(')');
        if (begin == text.npos || end == text.npos || end < begin || end + 2 > text.size()) return std::nullopt;
        return Stat{text.substr(begin + 1, end - begin - 1), split(std::string_view{text}.substr(end + 2), ' ')};
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Forked and running on: then the memory of both is laid out alike, at places that are drawn by lot with each program
/// that is started.
bool is_part_of(const Stat& child, const Stat& parent) {
    constexpr std::size_t start_of_stack = 28;
    constexpr std::size_t start_of_arguments = 48;
    return child.name == parent.name && child.number(start_of_stack) != 0 &&
           child.number(start_of_stack) == parent.number(start_of_stack) &&
           child.number(start_of_arguments) == parent.number(start_of_arguments);
}

bool is_shell(const Stat& stat) { return std::find(shells.begin(), shells.end(), stat.name) != shells.end(); }

/// "flags:\t0100000": octal; the last two bits are 0 for reading alone.
bool is_for_reading(const std::string& fdinfo) {
    constexpr std::string_view key = "flags:";
    const auto at = fdinfo.find(key);
    if (at == fdinfo.npos) return false;
    const auto digits = trim(std::string_view{fdinfo}.substr(at + key.size(), fdinfo.find('\n', at) - at - key.size()));
    std::uint64_t flags = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), flags, 8);
    return result.ec == std::errc{} && (flags & 3U) == 0;
}

bool reads_from(Fs& fs, std::int64_t pid, const std::string& pipe) {
    try {
        const auto folder = fmt::format("/proc/{}", pid);
        const auto descriptors = fs.open_root(folder + "/fd");
        for (const auto& each : descriptors->list()) {
            try {
                if (descriptors->read_link(each.name) == pipe &&
                    is_for_reading(text_of(fs, folder + "/fdinfo", each.name)))
                    return true;
            } catch (const Error&) {
                // Closed meanwhile.
            }
        }
    } catch (const Error&) {
        // Gone, or another user's.
    }
    return false;
}

}  // namespace

std::int64_t find_owner(Fs& fs, std::int64_t caller, std::uint64_t pipe_inode) {
    std::vector<std::pair<std::int64_t, Stat>> line;
    for (auto pid = caller; pid > 0 && line.size() < most_generations;) {
        auto stat = stat_of(fs, pid);
        if (!stat) break;
        const auto parent = stat->parent();
        line.emplace_back(pid, *std::move(stat));
        pid = parent;
    }
    if (pipe_inode != 0) {
        const auto pipe = fmt::format("pipe:[{}]", pipe_inode);
        for (const auto& [pid, stat] : line)
            if (reads_from(fs, pid, pipe)) return pid;
    }
    std::size_t at = 0;
    while (at + 1 < line.size() && is_shell(line[at].second) && is_part_of(line[at].second, line[at + 1].second)) ++at;
    return line.empty() ? caller : line[at].first;
}

std::vector<std::string> arguments_of(Fs& fs, std::int64_t pid) {
    try {
        auto text = read_file(*fs.open_root(fmt::format("/proc/{}", pid)), "cmdline", most_argument_bytes);
        if (text.empty()) return {};
        if (text.back() == '\0') text.pop_back();
        return split(text, '\0');
    } catch (const Error&) {
        return {};
    }
}

}  // namespace mlo::track
