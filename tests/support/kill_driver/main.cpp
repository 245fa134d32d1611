// SPDX-License-Identifier: Apache-2.0
// Runs a command and interferes with the system calls by which it changes files, counted by one counter over all its
// threads and children. tests/faults/README.md says what for.
#include <fmt/format.h>
#include <sys/wait.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>

#include "tracer.hpp"

namespace mlo::test {
namespace {

constexpr const char* usage =
    R"(usage: kill_driver [--under FOLDER]... [--calls NAME,...] [--report FILE] MODE -- COMMAND...
modes:
  count                        run it and count
  trace                        run it and list each call
  kill-at N                    kill all of it before the N-th call is made
  fail-at N ERRNO [persistent] let the N-th call (and all after it) fail with this error number
  short-write-at N             let the N-th write have half its size
  hold-at N FILE               keep the N-th call waiting until FILE is there, all else going on
--under counts only calls on paths at or below FOLDER, --calls only those named. The report ends with 'calls TOTAL', before it
'struck NUMBER NAME PATH...'. Exit code: the command's (137 when killed), 125 if it could not be traced.
)";

struct Options {
    std::vector<std::string> under;
    std::vector<std::string> names;
    std::string report;
    std::string mode;
    std::uint64_t at = 0;
    int error_number = 0;
    bool persistent = false;
    std::string until;
    std::vector<std::string> command;
};

template <class Number>
Number parse_number(const std::string& text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1)
        throw std::invalid_argument{"no number: " + text};
    return number;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == ',')
            words.emplace_back();
        else
            words.back() += c;
    }
    return words;
}

Options parse(const std::vector<std::string>& words) {
    Options options;
    std::size_t at = 0;
    const auto next = [&]() -> const std::string& {
        if (at == words.size()) throw std::invalid_argument{"something is missing at the end"};
        return words[at++];
    };
    for (options.mode = next(); options.mode.starts_with("--"); options.mode = next()) {
        if (options.mode == "--under")
            options.under.push_back(next());
        else if (options.mode == "--calls")
            options.names = split(next());
        else if (options.mode == "--report")
            options.report = next();
        else
            throw std::invalid_argument{"unknown option: " + options.mode};
    }
    if (options.mode == "kill-at" || options.mode == "fail-at" || options.mode == "short-write-at" ||
        options.mode == "hold-at")
        options.at = parse_number<std::uint64_t>(next());
    else if (options.mode != "count" && options.mode != "trace")
        throw std::invalid_argument{"unknown mode: " + options.mode};
    if (options.mode == "fail-at") {
        options.error_number = parse_number<int>(next());
        if (at < words.size() && words[at] == "persistent") options.persistent = ++at > 0;
    }
    if (options.mode == "hold-at") options.until = next();
    if (next() != "--") throw std::invalid_argument{"'--' is missing before the command"};
    options.command.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    if (options.command.empty()) throw std::invalid_argument{"no command"};
    return options;
}

std::vector<CallRow> chosen_rows(const Options& options) {
    if (options.names.empty() && options.mode != "short-write-at") return state_changing_calls();
    std::vector<CallRow> rows;
    for (const auto& row : state_changing_calls()) {
        if (options.mode == "short-write-at" && row.size == CallRow::none) continue;
        for (const auto& name : options.names)
            if (name == row.name) rows.push_back(row);
        if (options.names.empty()) rows.push_back(row);
    }
    if (rows.empty()) throw std::invalid_argument{"--calls names no call that is counted"};
    return rows;
}

/// Counts calls, writes the report and decides what befalls them.
class Judge {
public:
    explicit Judge(const Options& options) : options_{options} {
        if (options.report.empty()) return;
        file_.reset(std::fopen(options.report.c_str(), "we"));
        if (!file_) throw std::runtime_error{"cannot write " + options.report};
    }

    Verdict judge(const PendingCall& call) {
        const auto paths = paths_of(call);
        if (!counts(call, paths)) return {};
        ++calls_;
        const bool hit = options_.persistent ? calls_ >= options_.at : calls_ == options_.at;
        if (options_.mode == "trace") describe("call", call, paths);
        if (!hit || options_.at == 0) return {};
        if (!struck_) describe("struck", call, paths);
        struck_ = true;
        if (options_.mode == "kill-at") return {Verdict::Action::kill_all, 0, {}};
        if (options_.mode == "fail-at") return {Verdict::Action::fail, options_.error_number, {}};
        if (options_.mode == "hold-at") return {Verdict::Action::hold, 0, options_.until};
        return {Verdict::Action::shorten, 0, {}};
    }

    void finish() { print(fmt::format("calls {}\n", calls_)); }

private:
    [[nodiscard]] bool counts(const PendingCall& call, const std::vector<std::string>& paths) const {
        if (call.row->size != CallRow::none && options_.mode == "short-write-at" &&
            call.arguments[static_cast<std::size_t>(call.row->size)] < 2)
            return false;  // one byte cannot be halved
        if (paths.empty()) return true;
        for (const auto& path : paths) {
            const bool is_device = path.starts_with("/dev/") && !path.starts_with("/dev/shm/");
            if (options_.under.empty() && path.starts_with('/') && !is_device && !path.starts_with("/proc/"))
                return true;
            for (const auto& folder : options_.under)
                if (path == folder || path.starts_with(folder + "/")) return true;
        }
        return false;
    }

    void describe(const char* what, const PendingCall& call, const std::vector<std::string>& paths) {
        auto line = fmt::format("{} {} {}", what, calls_, call.row->name);
        for (const auto& path : paths) {
            line += ' ';
            for (const char c : path) {
                if (std::isgraph(static_cast<unsigned char>(c)) != 0 && c != '\\')
                    line += c;
                else
                    line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            }
        }
        print(line + "\n");
    }

    void print(const std::string& text) {
        auto* const file = file_ ? file_.get() : stderr;
        std::fputs(text.c_str(), file);
        std::fflush(file);
    }

    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    const Options& options_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t calls_ = 0;
    bool struck_ = false;
};

int run(const std::vector<std::string>& words) {
    const auto options = parse(words);
    // Ctrl-C at a terminal is for the command, which gets the signal as it would without a driver.
    std::signal(SIGINT, SIG_IGN);
    const auto rows = chosen_rows(options);
    Judge judge{options};
    const int code = run_traced(options.command, rows, [&](const PendingCall& call) { return judge.judge(call); });
    judge.finish();
    return code;
}

}  // namespace
}  // namespace mlo::test

int main(int count, char** words) {
    try {
        return mlo::test::run({words + 1, words + count});
    } catch (const std::invalid_argument& error) {
        fmt::print(stderr, "kill_driver: {}\n{}", error.what(), mlo::test::usage);
    } catch (const std::exception& error) {
        fmt::print(stderr, "kill_driver: {}\n", error.what());
    }
    return 125;
}
