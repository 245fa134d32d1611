// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/process_stat.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <mlo/util/descriptor.hpp>
#include <span>
#include <string>

namespace mlo {
namespace {

constexpr std::size_t longest_stat = 4096;
constexpr std::size_t longest_environment = std::size_t{2} << 20;
constexpr std::size_t usual_environment = std::size_t{16} << 10;

/// Up to as much of /proc/PID/NAME as fits.
std::string_view read_start(int proc, int pid, std::string_view name, std::span<char> into) {
    std::array<char, 32> path{};
    fmt::format_to_n(path.data(), path.size() - 1, "{}/{}", pid, name);
    const Descriptor file{::openat(proc, path.data(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    std::size_t size = 0;
    while (file.get() >= 0 && size < into.size()) {
        const auto count = ::read(file.get(), into.data() + size, into.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
        if (into.size() <= longest_stat) break;  // short ones come in one piece
    }
    return {into.data(), size};
}

/// The numbers of a line, one after the other.
class Fields {
public:
    explicit Fields(std::string_view text) noexcept : text_{text} {}

    /// The next field; zero for one that is no number, or is not there.
    template <class Number>
    Number next() noexcept {
        const auto field = next_text();
        Number number{};
        std::from_chars(field.data(), field.data() + field.size(), number);
        return number;
    }
    std::string_view next_text() noexcept {
        const auto end = std::min(text_.find(' '), text_.size());
        const auto field = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        return field;
    }
    void skip(int count) noexcept {
        for (int i = 0; i < count; ++i) next_text();
    }

private:
    std::string_view text_;
};

std::uint64_t value_of(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    return at == text.npos ? 0 : Fields{text.substr(at + key.size())}.next<std::uint64_t>();
}

enum class Environment { none, without, with };

/// Whether there is an entry that `is_it` takes.
template <class Predicate>
Environment find_in_environment(int proc, int pid, const Predicate& is_it) {
    std::string buffer(usual_environment, '\0');
    auto text = read_start(proc, pid, "environ", buffer);
    if (text.size() == buffer.size()) {
        buffer.resize(longest_environment);
        text = read_start(proc, pid, "environ", buffer);
    }
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\0', at), text.size());
        if (is_it(text.substr(at, end - at))) return Environment::with;
        at = end + 1;
    }
    return text.empty() ? Environment::none : Environment::without;
}

}  // namespace

std::optional<ProcessStat> read_stat(int proc, int pid) {
    std::array<char, longest_stat> buffer;
    const auto text = read_start(proc, pid, "stat", buffer);
    // The name may hold anything, also what looks like the fields behind it.
    const auto name_end = text.rfind(')');
    if (name_end == text.npos || name_end + 2 >= text.size()) return std::nullopt;
    static const auto tick_ns = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    Fields fields{text.substr(name_end + 2)};
    ProcessStat stat;
    stat.pid = pid;
    stat.state = fields.next_text().front();
    stat.parent = fields.next<int>();
    stat.group = fields.next<int>();
    stat.session = fields.next<int>();
    fields.skip(7);  // the seventh of proc(5) to the thirteenth
    for (auto* const time : {&stat.user_ns, &stat.system_ns, &stat.children_user_ns, &stat.children_system_ns})
        *time = fields.next<std::uint64_t>() * tick_ns;
    fields.skip(4);
    stat.start = fields.next<std::uint64_t>();
    fields.skip(1);
    stat.memory_bytes = fields.next<std::uint64_t>() * page_bytes;
    return stat;
}

std::optional<ProcessBytes> read_io(int proc, int pid) {
    std::array<char, longest_stat> buffer;
    const auto text = read_start(proc, pid, "io", buffer);
    // A number ends with its line, which ends the parsing of it.
    if (text.empty()) return std::nullopt;
    return ProcessBytes{value_of(text, "\nread_bytes: "), value_of(text, "\nwrite_bytes: ")};
}

std::optional<std::string> environment_value(int proc, int pid, std::string_view key) {
    std::string value;
    const auto found = find_in_environment(proc, pid, [&](std::string_view entry) {
        const bool has_key = entry.size() > key.size() && entry[key.size()] == '=' && entry.starts_with(key);
        if (has_key) value = entry.substr(key.size() + 1);
        return has_key;
    });
    if (found == Environment::none) return std::nullopt;
    return value;
}

bool has_in_environment(int proc, int pid, std::string_view entry) {
    return find_in_environment(proc, pid, [&](std::string_view each) { return each == entry; }) == Environment::with;
}

int to_pid(std::string_view name) noexcept {
    int pid = 0;
    const auto result = std::from_chars(name.data(), name.data() + name.size(), pid);
    return result.ec == std::errc{} && result.ptr == name.data() + name.size() && pid > 0 ? pid : 0;
}

}  // namespace mlo
