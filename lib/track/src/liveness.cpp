// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/liveness.hpp>

#include <fmt/format.h>

#include <charconv>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

constexpr std::uint64_t most_bytes = 4096;

std::string line_of(Fs& fs, std::string_view folder, std::string_view name) {
    return std::string{trim(read_file(*fs.open_root(folder), name, most_bytes))};
}

/// What /proc/PID/stat says behind the name, which may hold anything: state first.
struct Stat {
    char state = '?';
    std::uint64_t start_ticks = 0;
};

Stat stat_of(Fs& fs, std::int64_t pid) {
    const auto folder = fmt::format("/proc/{}", pid);
    const auto text = line_of(fs, folder, "stat");
    constexpr std::size_t start_field = 22 - 3;  // behind the name come the third field and on
    const auto name_end = text.rfind(')');
    const auto fields = name_end == std::string::npos || name_end + 2 >= text.size()
                            ? std::vector<std::string>{}
                            : split(std::string_view{text}.substr(name_end + 2), ' ');
    Stat stat;
    if (fields.size() <= start_field || fields[0].size() != 1)
        throw Error{errors::path_not_found, fmt::format("'{}/stat' is of an unknown form", folder)};
    stat.state = fields[0].front();
    const auto& digits = fields[start_field];
    std::from_chars(digits.data(), digits.data() + digits.size(), stat.start_ticks);
    return stat;
}

std::string boot_id(Fs& fs) { return line_of(fs, "/proc/sys/kernel/random", "boot_id"); }

std::string pid_space(Fs& fs) { return fs.open_root("/proc/self/ns")->read_link("pid"); }

std::string host_name(Fs& fs) { return line_of(fs, "/proc/sys/kernel", "hostname"); }

}  // namespace

ProcessIdentity identify_process(Fs& fs, std::int64_t pid) {
    ProcessIdentity process;
    process.pid = pid;
    process.start_ticks = stat_of(fs, pid).start_ticks;
    process.boot_id = boot_id(fs);
    process.pid_space = pid_space(fs);
    process.host = host_name(fs);
    return process;
}

Liveness probe_process(Fs& fs, const ProcessIdentity& process) {
    try {
        if (process.boot_id != boot_id(fs))
            return process.host == host_name(fs) ? Liveness::before_boot : Liveness::unknown;
        if (process.pid_space != pid_space(fs)) return Liveness::unknown;
    } catch (const Error&) {
        return Liveness::unknown;  // a machine without /proc
    }
    try {
        const auto stat = stat_of(fs, process.pid);
        const auto has_ended = stat.state == 'Z' || stat.state == 'X';
        return stat.start_ticks == process.start_ticks && !has_ended ? Liveness::alive : Liveness::dead;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::not_found) return Liveness::dead;
        return Liveness::unknown;
    }
}

}  // namespace mlo::track
