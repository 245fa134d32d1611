// SPDX-License-Identifier: Apache-2.0
#include "manual.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdio>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "help_text.hpp"
#include "page_text.hpp"

namespace mlo::cli {

namespace {

/// "mlo-remote-add.1" -> "remote add", as a command's name.
std::string words_of(std::string_view page_name) {
    std::string words{page_name.substr(0, page_name.rfind('.'))};
    if (words.starts_with("mlo-")) words.erase(0, 4);
    return words;
}

const Page* page_named(std::string_view words) {
    std::string wanted{words};
    std::replace(wanted.begin(), wanted.end(), ' ', '-');
    for (const auto& page : all_pages()) {
        if (words_of(page.name) == wanted) return &page;
    }
    return nullptr;
}

const Command* command_of(const Page& page) {
    if (!page.name.ends_with(".1")) return nullptr;
    for (const auto* command : visible_commands()) {
        std::string name{command->words};
        std::replace(name.begin(), name.end(), ' ', '-');
        if (name == words_of(page.name)) return command;
    }
    return nullptr;
}

/// The page as a file, where this program is installed in the usual layout.
std::optional<std::string> installed_page(const Page& page) {
    char buffer[PATH_MAX];
    const auto size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    if (size <= 0) return std::nullopt;
    const auto prefix = path::parent(path::parent({buffer, static_cast<std::size_t>(size)}));
    auto file = fmt::format("{}/share/man/man{}/{}", prefix, page.name.back(), page.name);
    if (::access(file.c_str(), R_OK) != 0) return std::nullopt;
    return file;
}

/// Becomes man(1); returns if it cannot.
void show_with_man(Context& ctx, const Page& page) {
    const auto man = find_program("man", ctx.environment().get("PATH").value_or(""));
    auto file = installed_page(page);
    if (!man || !file) return;
    ctx.out().flush();
    std::string words[] = {"man", "-l", *file};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    ::signal(SIGPIPE, SIG_DFL);
    ::execv(man->c_str(), argv);
}

/// Through the user's pager; false if there is none, or none that can be started.
bool show_with_pager(Context& ctx, std::string_view text) {
    winsize size{};
    const auto lines = std::count(text.begin(), text.end(), '\n');
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || lines < size.ws_row) return false;
    auto pager = ctx.environment().get("PAGER");
    if (!pager && find_program("less", ctx.environment().get("PATH").value_or(""))) pager = "less -FRX";
    if (!pager) return false;
    ctx.out().flush();
    auto* pipe = ::popen(pager->c_str(), "we");
    if (pipe == nullptr) return false;
    // A reader that quits before the end has seen enough.
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), pipe));
    const int status = ::pclose(pipe);
    constexpr int not_found = 127;
    return !(WIFEXITED(status) && WEXITSTATUS(status) >= not_found - 1);
}

}  // namespace

const Page* find_page(std::string_view words) {
    if (const auto* page = page_named(words)) return page;
    const auto space = words.find(' ');
    return space == words.npos ? nullptr : page_named(words.substr(0, space));
}

std::vector<std::string> page_words() {
    std::vector<std::string> all;
    for (const auto& page : all_pages()) all.push_back(words_of(page.name));
    return all;
}

std::string page_document(const Page& page) { return expand_page(page.source, command_of(page)); }

int show_page(Context& ctx, const std::vector<std::string>& words) {
    const auto wanted = words.empty() ? std::string{"mlo"} : fmt::format("{}", fmt::join(words, " "));
    const auto* page = find_page(wanted);
    if (page == nullptr) {
        Error error{errors::unknown_page, fmt::format("there is no manual page for {}", quoted(wanted))};
        const auto guess = closest_match(wanted, page_words());
        throw std::move(error).hint(guess ? fmt::format("did you mean 'mlo help {}'?", *guess)
                                          : "'mlo help' lists them");
    }
    if (ctx.out().is_terminal()) show_with_man(ctx, *page);
    const auto highlight = [&](Paint paint, std::string_view text) { return ctx.out().painted(paint, text); };
    const auto text = page_text(page_document(*page), std::min<std::size_t>(ctx.out().width(), 100), highlight);
    if (!ctx.out().is_terminal() || !show_with_pager(ctx, text)) ctx.out().write(text);
    return exit_ok;
}

}  // namespace mlo::cli
