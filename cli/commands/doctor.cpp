// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <mlo/db/check.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/sync/format.hpp>
#include <mlo/table/errors.hpp>
#include <mlo/track/repair.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"
#include "machine.hpp"
#include "merge_setup.hpp"
#include "remotes.hpp"
#include "repairs.hpp"
#include "tables.hpp"

namespace mlo::cli {
namespace {

enum class Level { ok, warning, error };

struct Finding {
    std::string_view section;
    std::string_view name;  ///< stable, for programs
    Level level = Level::ok;
    std::string text;
    std::string help;  ///< what to do about it
};

std::string_view to_string(Level level) {
    return level == Level::ok ? "ok" : level == Level::warning ? "warning" : "error";
}

std::string one_line(const Error& error) {
    return error.place().empty() ? error.message() : fmt::format("{}: {}", printable(error.place()), error.message());
}

/// Looks at everything that the work of mlo rests on, one section after the other. A check that cannot be made is a
/// finding, never the end of the others.
class Doctor {
public:
    explicit Doctor(Context& ctx) : ctx_{ctx} {}

    std::vector<Finding> examine() {
        section("machine", [&] { examine_machine(); });
        section("git", [&] { examine_git(); });
        section("configuration", [&] { examine_configuration(); });
        section("files", [&] { examine_files(); });
        section("runs", [&] { examine_runs(); });
        section("remotes", [&] { examine_remotes(); });
        return std::move(findings_);
    }

private:
    template <class Examine>
    void section(std::string_view name, Examine examine) {
        section_ = name;
        try {
            examine();
        } catch (const Error& error) {
            report(Level::error, "check", one_line(error), next_step(error));
        }
    }

    void report(Level level, std::string_view name, std::string text, std::string help = {}) {
        findings_.push_back({section_, name, level, std::move(text), std::move(help)});
    }

    void examine_machine() {
        report(Level::ok, "kernel", kernel_name());
        if (try_openat2() == Answer::yes) {
            report(Level::ok, "openat2", "paths can be held below a folder (openat2)");
        } else {
            report(Level::error, "openat2",
                   "the kernel or the container denies openat2, which mlo needs to stay below a folder",
                   "use Linux 5.6 or newer; in a container, a seccomp profile that knows openat2");
        }
        constexpr std::uint64_t enough_files = 256;
        if (open_file_limit() < enough_files) {
            report(Level::warning, "open-files", fmt::format("only {} files may be open at once", open_file_limit()),
                   fmt::format("ulimit -n {}", enough_files * 4));
        }
        const auto now = ctx_.runtime().clock.now().time_since_epoch();
        const bool is_sane = now > std::chrono::hours{24 * 365 * 55} && now < std::chrono::hours{24 * 365 * 130};
        if (is_sane) {
            report(Level::ok, "clock", to_rfc3339(Timestamp{std::chrono::floor<std::chrono::seconds>(now)}));
        } else {
            report(Level::error, "clock", fmt::format("the clock says {}", to_rfc3339(ctx_.runtime().clock.now())),
                   "set it: leases, histories and caches go by it");
        }
        examine_tables();
    }

    /// Checks the library anew, whatever is remembered of it.
    void examine_tables() {
        auto place = engine_place(ctx_);
        place.memory.clear();
        try {
            const auto engine = table::Engine::open(place, ctx_.runtime());
            report(Level::ok, "table-engine", fmt::format("tables are read by DuckDB {}", engine->version()));
        } catch (const Error& error) {
            const bool is_bad = error.code().id == table::errors::engine_untrusted.id;
            report(is_bad ? Level::error : Level::warning, "table-engine", one_line(error), next_step(error));
        }
    }

    void examine_git() {
        const git::Environment environment{ctx_.environment().entries()};
        if (const auto program = environment.git_program()) {
            const auto result =
                run_process({.program = *program, .arguments = {"--version"}, .environment = environment.variables()});
            report(Level::ok, "program", fmt::format("{} ({})", trim(result.output), printable(*program)));
        } else {
            report(Level::warning, "program", "the program git is not on PATH",
                   "install git: shallow, partial and SHA-256 clones cannot be read without it");
        }
        if (!ctx_.git_layout()) {
            if (ctx_.workspace_root().empty()) {
                report(Level::warning, "repository", fmt::format("{} is in no git repository", quoted(ctx_.cwd())),
                       "git init && mlo init");
            } else {
                report(Level::ok, "repository",
                       fmt::format("{} is a workspace without git", quoted(ctx_.workspace_root())));
            }
            return;
        }
        examine_repository(ctx_.repository());
    }

    void examine_repository(git::Repository& repository) {
        const auto head = repository.head();  // also shows whether it can be read at all
        const auto shape = repository.shape();
        std::string text = shape.object_format == "sha1" ? "" : shape.object_format + ", ";
        for (const auto& [is_so, word] : {std::pair{shape.bare, "bare"},
                                          {shape.shallow, "shallow"},
                                          {shape.partial, "partial"},
                                          {shape.sparse, "sparse"},
                                          {shape.linked_work_tree, "linked work tree or submodule"},
                                          {!head, "no commit yet"}}) {
            if (is_so) text += std::string{word} + ", ";
        }
        const auto& layout = repository.layout();
        text.resize(text.empty() ? 0 : text.size() - 2);
        report(layout.has_work_tree() ? Level::ok : Level::warning, "repository",
               quoted(layout.has_work_tree() ? layout.work_tree : layout.git_dir) + (text.empty() ? "" : ": " + text),
               layout.has_work_tree() ? "" : "change into a work tree to work with data");
        if (shape.shallow) {
            report(Level::warning, "history", "the history ends early, so only the commits that are here count",
                   "git fetch --unshallow");
        }
        for (const char* key : {"user.name", "user.email"}) {
            if (!repository.setting(key).value_or("").empty()) continue;
            report(Level::warning, "identity", fmt::format("git does not know your {}", key),
                   fmt::format("git config --global {} '...'", key));
        }
        examine_merging(repository);
        std::vector<std::string> strangers;
        for (const auto& entry : repository.tracked(std::vector<std::string>{".mlo"})) {
            if (entry.path != ".mlo/config.yaml") strangers.push_back(entry.path);
        }
        if (strangers.empty()) return;
        report(Level::error, "tracked",
               fmt::format("git tracks {} below '.mlo', where only 'config.yaml' belongs into it: {}",
                           plural(strangers.size(), "file", "files"), quoted(strangers.front())),
               fmt::format("git rm --cached {}", quoted(strangers.front())));
    }

    /// A clone has the committed lines, and not the setting that they name: git then merges pointers as text.
    void examine_merging(git::Repository& repository) {
        if (!repository.layout().has_work_tree()) return;
        const auto root = ctx_.runtime().fs.open_root(repository.layout().work_tree);
        if (git::count_attributes(*root, merge_attributes) == 0) return;
        if (!repository.setting(merge_driver_key).value_or("").empty()) {
            report(Level::ok, "merge-driver", "git merges pointers and locks with mlo");
        } else {
            report(Level::warning, "merge-driver",
                   "'.gitattributes' names the merge driver 'mlo', which this clone does not know: git merges pointers "
                   "as text",
                   "mlo hooks install --merge");
        }
    }

    void examine_configuration() {
        auto& config = ctx_.config();
        const auto problems = config.problems();
        for (const auto& problem : problems) {
            report(Level::error, "setting", fmt::format("MLO-{} {}", problem.code().id, one_line(problem)),
                   problem.hint_text());
        }
        if (!problems.empty()) return;
        std::string layers;
        for (const auto layer : {config::Layer::system, config::Layer::user, config::Layer::repository,
                                 config::Layer::local, config::Layer::environment, config::Layer::flag}) {
            const auto count = config.of_layer(layer).size();
            if (count > 0)
                layers += fmt::format("{}{} {}", layers.empty() ? "" : ", ", count, config::to_string(layer));
        }
        report(Level::ok, "setting", layers.empty() ? "defaults only" : "settings: " + layers);
        report(Level::ok, "jobs", plural(ctx_.jobs({}), "job", "jobs") + " at once");
        if (ctx_.workspace_root().empty()) return;
        if (!config.text("project")) {
            report(Level::warning, "project", "the project has no id, which sharing it needs",
                   ctx_.git_layout() ? "mlo init" : "mlo init --no-git");
        }
    }

    void examine_files() {
        if (ctx_.workspace_root().empty()) return;
        const auto& root = ctx_.workspace_root();
        const auto store = store_folder();
        const auto there = nearest_existing(store);
        examine_folder("workspace", root);
        examine_folder("store", there);
        const auto reflink = try_reflink(there, root);
        if (reflink == Answer::yes) {
            report(Level::ok, "reflink", "checkout can share disk blocks with the store");
        } else {
            report(Level::ok, "reflink",
                   same_device(there, root) ? "no reflinks here: checkout copies; Btrfs and XFS have them"
                                            : "workspace and store are on different file systems: checkout copies");
        }
    }

    /// Whether what is recorded of runs contradicts itself. Reads all of it.
    void examine_runs() {
        if (ctx_.workspace_root().empty()) return;
        const auto folder = store_folder();
        const bool is_ledger_sound = examine_database("ledger", path::join(folder, ledger::Ledger::file_name), [&] {
            ledger::Ledger ledger{folder, db::Access::read, ctx_.runtime()};
            return ledger.verify();
        });
        const bool are_runs_sound = examine_database("runs", path::join(folder, track::RunStore::file_name), [&] {
            const track::RunStore runs{path::join(folder, track::RunStore::file_name), db::Access::read,
                                       ctx_.runtime()};
            return std::vector<ledger::Break>{};
        });
        struct stat status {};
        if (!is_ledger_sound || !are_runs_sound || ::stat(folder.c_str(), &status) != 0) return;
        for (const auto& missing : track::missing_from_ledger(folder, ctx_.runtime()))
            report(Level::error, "ledger", fmt::format("the ledger lacks {}, which the run store knows", missing),
                   "mlo doctor --salvage");
    }

    /// Whether it is sound, or not there. `verify` opens it as what it should be, and says what contradicts its hashes.
    template <class Verify>
    bool examine_database(std::string_view name, const std::string& path, Verify verify) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) return true;
        const std::string_view cure = name == "runs" ? "mlo doctor --rebuild" : "mlo doctor --salvage";
        const auto problems = db::check(path, ctx_.runtime());
        for (const auto& problem : problems)
            report(Level::error, name, fmt::format("{} is damaged: {}", quoted(path), problem.text), std::string{cure});
        if (!problems.empty()) return false;
        std::vector<ledger::Break> breaks;
        try {
            breaks = verify();
        } catch (const Error& error) {
            report(Level::error, name, one_line(error), error.hint_text());
            return false;
        }
        if (breaks.empty()) report(Level::ok, name, fmt::format("{} is sound", quoted(path)));
        for (const auto& each : breaks)
            report(Level::error, name,
                   fmt::format("the ledger is not as it was written, at {}: {}", each.where, each.what),
                   std::string{cure});
        return breaks.empty();
    }

    /// Reads, and never writes: 'mlo remote check' tries the rest.
    void examine_remotes() {
        if (!ctx_.config().problems().empty()) return;  // told under "configuration"
        for (const auto& each : configured_remotes(ctx_.config())) {
            const auto named = fmt::format("{} = {}", each.name, each.shown);
            try {
                OpenedRemote remote{ctx_, each};
                const auto* const state = sync::has_format(*remote) ? "" : ", nothing was pushed there yet";
                report(Level::ok, "remote", named + state + (each.is_approved ? "" : ", only read: not approved"));
            } catch (const Error& error) {
                report(Level::warning, "remote", fmt::format("{}: {}", named, error.message()), next_step(error));
            }
        }
    }

    void examine_folder(std::string_view name, const std::string& folder) {
        const auto file_system = describe_file_system(folder);
        if (!file_system) return report(Level::error, name, fmt::format("cannot look at {}", quoted(folder)));
        const auto trial = try_folder(folder, ".mlo-doctor-" + ctx_.runtime().random.hex(8));
        const auto place = fmt::format("{} is on {}, {} free", quoted(folder), file_system->type,
                                       format_bytes(file_system->free_bytes));
        if (trial.is_writable == Answer::no) {
            report(Level::error, name,
                   place + (file_system->is_read_only ? ", mounted read-only" : ", and you may not write there"),
                   fmt::format("ls -ld {}", quoted(folder)));
            return;
        }
        constexpr std::uint64_t little_space = std::uint64_t{1} << 30;
        constexpr std::uint64_t few_inodes = 10'000;
        const bool is_short = file_system->free_bytes < little_space ||
                              (file_system->counts_inodes && file_system->free_inodes < few_inodes);
        report(is_short ? Level::warning : Level::ok, name, place,
               is_short ? "make room: space or inodes run out" : "");
        if (file_system->is_network) {
            report(Level::warning, name,
                   fmt::format("{} is a network file system: locks and caches rely on its server", file_system->type),
                   "keep the workspace on a local disk, and share through a remote");
        }
        if (trial.folds_case == Answer::yes) {
            report(Level::warning, name, "names that differ only in case are one name here",
                   "data sets with such names cannot be checked out here");
        }
        constexpr std::int64_t tolerated_ns = 2'000'000'000;
        if (trial.clock_ahead_ns && std::abs(*trial.clock_ahead_ns) > tolerated_ns) {
            report(Level::warning, name,
                   fmt::format("the file system's clock differs by {} s", *trial.clock_ahead_ns / 1'000'000'000),
                   "set both by NTP: changes are noticed by time stamps");
        }
    }

    /// Where the store is or will be; the usual place if the configuration cannot be read.
    std::string store_folder() {
        try {
            if (const auto chosen = ctx_.config().text("store.dir")) return *chosen;
        } catch (const Error&) {
            // Told under "configuration".
        }
        return ctx_.git_layout() ? path::join(ctx_.git_layout()->common_dir, "mlo")
                                 : path::join(ctx_.workspace_root(), ".mlo");
    }

    static std::string nearest_existing(std::string folder) {
        struct stat status {};
        while (::stat(folder.c_str(), &status) != 0 && folder != "/") folder = path::parent(folder);
        return folder;
    }

    static bool same_device(const std::string& a, const std::string& b) {
        struct stat of_a {};
        struct stat of_b {};
        return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev;
    }

    Context& ctx_;
    std::string_view section_;
    std::vector<Finding> findings_;
};

void show(Output& out, const std::vector<Finding>& findings) {
    std::string_view section;
    for (const auto& finding : findings) {
        if (finding.section != section) {
            section = finding.section;
            out.line(out.painted(Paint::bold, section));
        }
        const auto paint = finding.level == Level::ok      ? Paint::good
                           : finding.level == Level::error ? Paint::bad
                                                           : Paint::changed;
        out.line("  {} {}", out.painted(paint, fmt::format("{:<7}", to_string(finding.level))), finding.text);
        if (!finding.help.empty()) out.line("          help: {}", finding.help);
    }
}

struct DoctorOptions {
    bool rebuilds = false;
    bool salvages = false;
};

void declare(Args& args, DoctorOptions& o) {
    args.flag("--rebuild", o.rebuilds,
              "make what is known of sealed runs anew, from ledger and objects, before looking");
    args.flag("--salvage", o.salvages, "make a sound ledger of what a damaged one still has, before looking");
}

int run(Context& ctx, const DoctorOptions& o) {
    if (o.salvages) salvage_ledger(ctx);
    if (o.rebuilds) rebuild_runs(ctx);
    const auto findings = Doctor{ctx}.examine();
    const auto count = [&](Level level) {
        return static_cast<std::uint64_t>(std::count_if(
            findings.begin(), findings.end(), [&](const Finding& finding) { return finding.level == level; }));
    };
    const auto errors = count(Level::error);
    const auto warnings = count(Level::warning);
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/doctor-v1", [&](json::Writer& json) {
            json.key("findings").begin_array();
            for (const auto& finding : findings) {
                json.begin_object();
                json.key("section").string(finding.section);
                json.key("name").string(finding.name);
                json.key("level").string(to_string(finding.level));
                json.key("text").string(finding.text);
                if (!finding.help.empty()) json.key("help").string(finding.help);
                json.end_object();
            }
            json.end_array();
            json.key("errors").unsigned_integer(errors);
            json.key("warnings").unsigned_integer(warnings);
        });
    } else {
        show(ctx.out(), findings);
        ctx.out().message(
            fmt::format("{}, {}", plural(errors, "error", "errors"), plural(warnings, "warning", "warnings")));
    }
    return errors == 0 ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo doctor", "look for what could go wrong here"},
                                {"mlo doctor --json", "the same, for a report of an error"}};

}  // namespace

extern const Command doctor_command{.words = "doctor",
                                    .group = Group::start,
                                    .summary = "find out what stands in the way of working well here",
                                    .bind = command_main<DoctorOptions, declare, run>,
                                    .json_schema = "mlo/doctor-v1",
                                    .examples = examples};

}  // namespace mlo::cli
