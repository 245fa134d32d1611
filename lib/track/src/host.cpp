// SPDX-License-Identifier: Apache-2.0
#include <sched.h>
#include <sys/utsname.h>

#include <charconv>
#include <mlo/track/host.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "small_file.hpp"

namespace mlo::track {
namespace {

constexpr std::size_t longest_file = 64 * 1024;

template <class Number>
std::optional<Number> to_number(std::string_view text) {
    text = trim(text);
    Number number{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Of lines "key<separator>value" the first value of `key`.
std::string value_of(std::string_view text, std::string_view key, char separator) {
    for (const auto& line : split(text, '\n')) {
        const auto at = line.find(separator);
        if (at != std::string::npos && trim(std::string_view{line}.substr(0, at)) == key) {
            auto value = trim(std::string_view{line}.substr(at + 1));
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            return is_valid_utf8(value) ? std::string{value} : std::string{};
        }
    }
    return {};
}

class MachineReader {
public:
    MachineReader(Fs& fs, const std::string& root) : fs_{fs}, root_{root} {}

    MachineFacts read() {
        read_names();
        read_processors();
        read_memory();
        read_control_group();
        return std::move(facts_);
    }

private:
    std::string text(std::string_view path) {
        return read_start(fs_, path::join(root_, path), longest_file).value_or("");
    }
    void add(Facts& facts, const char* name, std::string value) {
        if (!value.empty()) facts[name] = std::move(value);
    }

    void read_names() {
        utsname names{};
        if (::uname(&names) == 0) {
            add(facts_.host, "name", names.nodename);
            add(facts_.host, "kernel", names.release);
            add(facts_.host, "architecture", names.machine);
        }
        add(facts_.host, "system", value_of(text("etc/os-release"), "PRETTY_NAME", '='));
        const auto top = try_open(fs_, root_);
        const auto run = try_open(fs_, path::join(root_, "run"));
        if (top && top->stat(".dockerenv")) add(facts_.host, "container", "docker");
        if (run && run->stat(".containerenv")) add(facts_.host, "container", "podman");
    }

    void read_processors() {
        const auto info = text("proc/cpuinfo");
        auto model = value_of(info, "model name", ':');
        if (model.empty()) model = value_of(info, "Model", ':');  // ARM
        add(facts_.hardware, "cpu.model", std::move(model));
        std::int64_t count = 0;
        for (const auto& line : split(info, '\n'))
            if (line.starts_with("processor") && line.find(':') != std::string::npos) ++count;
        if (count > 0) facts_.hardware["cpu.count"] = count;
        cpu_set_t usable;
        if (::sched_getaffinity(0, sizeof usable, &usable) == 0)
            facts_.hardware["cpu.usable"] = std::int64_t{CPU_COUNT(&usable)};
    }

    void read_memory() {
        const auto line = value_of(text("proc/meminfo"), "MemTotal", ':');
        if (const auto kib = to_number<std::int64_t>(line.substr(0, line.find(' '))))
            facts_.hardware["memory_bytes"] = *kib * 1024;
    }

    /// Version 2: the limits of the group that we are in, as it is seen from inside of a container.
    void read_control_group() {
        std::string group;
        for (const auto& line : split(text("proc/self/cgroup"), '\n'))
            if (line.starts_with("0::/")) group = line.substr(4);
        if (!path::is_plain_relative(group)) group.clear();
        const auto folder = path::join("sys/fs/cgroup", group);
        if (const auto limit = to_number<std::int64_t>(text(path::join(folder, "memory.max"))))
            facts_.hardware["cgroup.memory_limit_bytes"] = *limit;
        const auto quota = split(trim(text(path::join(folder, "cpu.max"))), ' ');
        if (quota.size() != 2) return;
        const auto used = to_number<double>(quota[0]);
        const auto period = to_number<double>(quota[1]);
        if (used && period && *period > 0) facts_.hardware["cgroup.cpu_limit"] = *used / *period;
    }

    Fs& fs_;
    const std::string& root_;
    MachineFacts facts_;
};

}  // namespace

MachineFacts read_machine(Fs& fs, const std::string& root) { return MachineReader{fs, root}.read(); }

}  // namespace mlo::track
