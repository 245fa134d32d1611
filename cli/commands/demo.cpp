// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/child.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"
#include "demo_files.hpp"
#include "errors.hpp"
#include "signals.hpp"

namespace mlo::cli {

namespace {

struct DemoOptions {
    std::string folder = "mlo-demo";
};

void declare(Args& args, DemoOptions& o) {
    args.positional("folder", o.folder, "a folder that is not there yet, or empty [default: mlo-demo]")
        .completing(Completes::path);
}

/// A line for the shell, and the exit code that it has if all is well.
struct Step {
    std::string_view why;
    std::string_view line;
    int exit_code = exit_ok;
};

constexpr Step steps[] = {
    {"a git repository, and data in it that mlo tracks", "git init -q && mlo init -q && mlo add data"},
    {"a pipeline, whose results are kept", "mlo run"},
    {"all of it in git, under a name", "git add . && git commit -q -m 'A first model' && git tag v1"},
    {"what the run has measured", "mlo metrics show"},
    {"from the model back to its data", "mlo lineage model.txt"},
    {"tomorrow's data: the penguins have gained weight",
     "awk -F, -v OFS=, 'NR > 1 && $6 != \"NA\" { $6 = int($6 * 1.12) } 1' data/penguins.csv > today.csv"},
    {"have they drifted? Exit code 3 says so", "mlo drift run", exit_negative}};

[[nodiscard]] std::string own_folder() {
    char buffer[PATH_MAX];
    const auto size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    return std::string{path::parent(std::string_view{buffer, size > 0 ? static_cast<std::size_t>(size) : 0})};
}

/// The caller's, with this very program first in PATH, and a name for the commit where nobody has given one.
[[nodiscard]] std::vector<std::string> environment_of(Context& ctx) {
    std::vector<std::string> entries;
    for (const auto& entry : ctx.environment().entries())
        if (!entry.starts_with("PATH=") && !entry.starts_with("GIT_DIR=") && !entry.starts_with("GIT_WORK_TREE="))
            entries.push_back(entry);
    entries.push_back(fmt::format("PATH={}:{}", own_folder(), ctx.environment().get("PATH").value_or("/usr/bin:/bin")));
    for (const std::string_view who : {"AUTHOR", "COMMITTER"}) {
        if (!ctx.environment().get(fmt::format("GIT_{}_NAME", who)))
            entries.push_back(fmt::format("GIT_{}_NAME=mlo demo", who));
        if (!ctx.environment().get(fmt::format("GIT_{}_EMAIL", who)))
            entries.push_back(fmt::format("GIT_{}_EMAIL=demo@localhost", who));
    }
    return entries;
}

void write_files(Context& ctx, const std::string& folder) {
    std::error_code failure;
    const bool is_taken = std::filesystem::exists(folder, failure) && !std::filesystem::is_empty(folder, failure);
    if (is_taken || failure)
        throw Error{errors::bad_value, fmt::format("{} is there already, and not empty", mlo::quoted(folder))}.hint(
            "mlo demo ANOTHER-FOLDER");
    const auto root = workspace::make_folders(ctx.runtime().fs, folder);
    const auto data = workspace::make_folders(ctx.runtime().fs, path::join(folder, "data"));
    for (const auto& file : demo_files()) {
        AtomicFile made{file.name.ends_with(".csv") ? *data : *root, std::string{file.name}, 0666,
                        ctx.runtime().random};
        made.write(file.text);
        made.commit(Replace::no);
    }
}

int run(Context& ctx, const DemoOptions& o) {
    auto& out = ctx.out();
    const auto folder = path::absolute(o.folder, ctx.cwd());
    write_files(ctx, folder);
    const auto environment = environment_of(ctx);
    const auto pause = ctx.pause_signals();
    for (const auto& step : steps) {
        out.line("");
        out.line(out.painted(Paint::faint, fmt::format("# {}", step.why)));
        out.line("$ {}", step.line);
        out.flush();
        ForegroundChild child{{.program = "sh",
                               .arguments = {"-c", std::string{step.line}},
                               .directory = folder,
                               .environment = environment}};
        const auto end = child.run([](OutputStream, ByteView) {});
        if (end.shell_code() == step.exit_code) continue;
        if (end.signal != 0) return end.shell_code();
        throw Error{errors::demo_failed, fmt::format("a step of the demo ended with exit code {}, not {}: {}",
                                                     end.shell_code(), step.exit_code, step.line)}
            .note(fmt::format("what was made so far is in {}", mlo::quoted(o.folder)))
            .hint("mlo doctor");
    }
    out.line("");
    out.flush();
    out.message(fmt::format("all of it is in {}: its README.md says what to try", mlo::quoted(o.folder)));
    out.hint(fmt::format("cd {} && mlo runs", o.folder));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo demo", "data, a pipeline, a run, and data that drift, in a new folder mlo-demo"}};

}  // namespace

extern const Command demo_command{.words = "demo",
                                  .group = Group::start,
                                  .summary = "make a small project in a fresh folder, and run it",
                                  .bind = command_main<DemoOptions, declare, run>,
                                  .examples = examples};

}  // namespace mlo::cli
