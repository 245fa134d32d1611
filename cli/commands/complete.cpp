// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/track/run_list.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <set>

#include "command.hpp"
#include "context.hpp"
#include "error_catalogue.hpp"
#include "manual.hpp"
#include "pipelines.hpp"
#include "remotes.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

/// The words after 'mlo' up to the cursor; the last one is being typed and may be empty.
struct CompleteOptions {
    std::vector<std::string> words;
};

void declare(Args& args, CompleteOptions& o) {
    args.passthrough("word", o.words, "the words after 'mlo', the last one unfinished");
}

constexpr std::string_view pointer_suffix = ".mlo";
constexpr std::uint32_t most_runs = 200;

/// Answers one request: a line per proposal, `value TAB description`; a line ':path' or ':directory' leaves it to the
/// shell.
class Completer {
public:
    explicit Completer(Context& ctx) : ctx_{ctx} {}

    void run(std::vector<std::string> words) {
        if (words.empty()) words.emplace_back();
        current_ = words.back();
        words.pop_back();
        Args globals;
        GlobalOptions options;
        declare_globals(globals, options, nullptr);
        const auto verb_at = globals.first_word(words);
        const std::span before{words};
        if (const auto* command = find_command(before.subspan(verb_at))) {
            Args args;
            const auto bound = command->bind(args);
            declare_globals(args, options, command);
            auto rest = before.subspan(verb_at + word_count(*command));
            if (rest.empty()) next_words(before.subspan(verb_at));
            arguments(args, rest, before.first(verb_at));
        } else if (!value_of_last(globals, before)) {
            if (current_.starts_with('-')) {
                options_of(globals);
            } else {
                next_words(before.subspan(verb_at));
            }
        }
    }

private:
    void propose(std::string_view value, std::string_view description = {}) {
        if (!value.starts_with(current_)) return;
        ctx_.out().line(description.empty() ? fmt::format("{}{}", prefix_, value)
                                            : fmt::format("{}{}\t{}", prefix_, value, description));
    }

    /// The words that may follow `words` in the name of a command.
    void next_words(std::span<const std::string> words) {
        auto start = fmt::format("{}", fmt::join(words, " "));
        if (!start.empty()) start += ' ';
        std::set<std::string, std::less<>> seen;
        for (const auto* command : visible_commands()) {
            if (!command->words.starts_with(start)) continue;
            const auto rest = command->words.substr(start.size());
            const auto word = rest.substr(0, rest.find(' '));
            const bool is_last = word.size() == rest.size();
            if (!word.empty() && seen.emplace(word).second)
                propose(word, is_last ? command->summary : std::string_view{});
        }
    }

    void arguments(const Args& args, std::span<const std::string> rest, std::span<const std::string> globals) {
        if (value_of_last(args, rest.empty() ? globals : rest)) return;
        if (current_.starts_with('-')) return options_of(args);
        std::vector<const Argument*> places;
        for (const auto& each : args.table()) {
            if (each.kind == Argument::Kind::positional) places.push_back(&each);
        }
        auto given = words_given(args, rest);
        for (const auto* place : places) {
            if (given == 0 || place->is_repeatable) return values(*place);
            --given;
        }
    }

    static std::size_t words_given(const Args& args, std::span<const std::string> rest) {
        std::size_t count = 0;
        for (auto at = args.first_word(rest); at < rest.size(); at = args.first_word(rest)) {
            ++count;
            rest = rest.subspan(at + 1);
        }
        return count;
    }

    /// If the cursor is on the value of an option, proposes values and returns true.
    bool value_of_last(const Args& args, std::span<const std::string> before) {
        if (const auto equals = current_.find('='); current_.starts_with("--") && equals != current_.npos) {
            const auto* option = args.find_option(current_);
            prefix_ = current_.substr(0, equals + 1);
            current_.erase(0, equals + 1);
            if (option != nullptr) values(*option);
            return true;
        }
        if (before.empty()) return false;
        const auto& last = before.back();
        if (last.size() < 2 || last[0] != '-' || last.find('=') != last.npos) return false;
        const auto* option = args.find_option(last);
        const bool waits =
            option != nullptr && option->kind == Argument::Kind::option && (last[1] == '-' || last.size() == 2);
        if (waits) values(*option);
        return waits;
    }

    void options_of(const Args& args) {
        for (const auto& each : args.table()) {
            if (each.is_option())
                propose(each.name.empty() ? std::string{'-', each.short_name} : "--" + each.name, each.doc);
        }
    }

    void values(const Argument& argument) {
        for (const auto& choice : argument.choices) propose(choice);
        switch (argument.completes) {
            case Completes::path:
                return ctx_.out().line(":path");
            case Completes::directory:
                return ctx_.out().line(":directory");
            case Completes::tracked_path:
                return tracked_paths();
            case Completes::command:
                next_words({});
                for (const auto& word : page_words()) {
                    if (find_command(std::vector{word}) == nullptr && word.find('-') == word.npos) propose(word);
                }
                return;
            case Completes::error_code:
                for (const auto& entry : all_error_codes()) {
                    propose("MLO-" + std::string{entry.code.id}, entry.code.cause);
                }
                return;
            case Completes::revision:
                return revisions();
            case Completes::config_key:
                for (const auto& key : config::keys()) propose(std::string{key.name}, key.doc);
                return;
            case Completes::remote:
                return remotes();
            case Completes::run:
                return runs();
            case Completes::stage:
                return stages();
            case Completes::nothing:
                return;
        }
    }

    void remotes() {
        try {
            for (const auto& each : configured_remotes(ctx_.config())) propose(each.name, each.url);
        } catch (const Error&) {
            // A broken configuration has nothing to propose.
        }
    }

    /// The newest runs, by the start of their id or, once that is being typed, by name.
    void runs() {
        propose("last", "the newest run");
        try {
            track::RunStore store{path::join(ctx_.workspace().layout().store_dir, track::RunStore::file_name),
                                  db::Access::read, ctx_.runtime()};
            for (const auto& run : track::list_runs(store, {.limit = most_runs}).runs) {
                const auto about = fmt::format("{}, {}", run.name, track::to_string(run.state));
                const auto start = short_id(run.id);
                const auto& id = current_.size() > start.size() ? run.id : start;
                propose(id, about);
                if (!current_.empty()) propose(run.name, fmt::format("{}, {}", id, track::to_string(run.state)));
            }
        } catch (const Error&) {
            // Where nothing was tracked there is nothing to propose.
        }
    }

    /// Stages and groups of the pipeline that a command here is about.
    void stages() {
        try {
            std::set<std::string> groups;
            for (const auto& stage : open_pipeline(ctx_, {}).pipeline.stages) {
                if (stage.document != 0) continue;
                propose(stage.name, stage.description);
                if (!stage.group.empty()) groups.insert(stage.group);
            }
            for (const auto& group : groups) propose(group, "all stages of the group");
        } catch (const Error&) {
            // A broken document has nothing to propose.
        }
    }

    /// Branches, tags and remote branches, as git takes them.
    void revisions() {
        try {
            propose("HEAD");
            for (const auto& reference : ctx_.repository().references()) {
                for (const std::string_view folder : {"refs/heads/", "refs/tags/", "refs/remotes/"}) {
                    if (reference.name.starts_with(folder)) propose(reference.name.substr(folder.size()));
                }
            }
        } catch (const Error&) {
            // No repository, no revisions: a shell is no place for a diagnostic.
        }
    }

    /// Pointers below the folder that is being typed, by the name of what they track, and the folders on the way to
    /// others.
    void tracked_paths() {
        const auto slash = current_.rfind('/');
        const auto folder = slash == current_.npos ? std::string{} : current_.substr(0, slash + 1);
        try {
            const auto dir = real_fs().open_root(path::absolute(folder, ctx_.cwd()));
            auto entries = dir->list();
            std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
            for (const auto& [name, kind] : entries) {
                if (kind == FileKind::directory && !name.starts_with('.')) propose(folder + name + '/');
                if (kind == FileKind::regular && name.ends_with(pointer_suffix)) {
                    propose(folder + name.substr(0, name.size() - pointer_suffix.size()));
                }
            }
        } catch (const Error&) {
            // A folder that is not there has nothing to propose.
        }
    }

    Context& ctx_;
    std::string current_;
    std::string prefix_;
};

int run(Context& ctx, const CompleteOptions& o) {
    Completer{ctx}.run(o.words);
    return exit_ok;
}

}  // namespace

extern const Command complete_command{.words = "__complete",
                                      .group = Group::hidden,
                                      .summary = "propose what a shell may complete",
                                      .bind = command_main<CompleteOptions, declare, run>};

}  // namespace mlo::cli
