// SPDX-License-Identifier: Apache-2.0
#include "dispatch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <new>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "help_text.hpp"
#include "manual.hpp"
#include "version.hpp"

namespace mlo::cli {

namespace {

constexpr int exit_closed_pipe = 141;
/// As timeout(1) has it: of a command that starts another program, which has exit codes of its own, and says so.
constexpr int exit_not_started = 125;

Output::Options output_options(const GlobalOptions& globals) {
    auto verbosity = globals.verbosity == 0   ? Verbosity::normal
                     : globals.verbosity == 1 ? Verbosity::verbose
                                              : Verbosity::debug;
    if (globals.is_quiet) verbosity = Verbosity::quiet;
    return {globals.wants_json ? Form::json : Form::text, verbosity, globals.color};
}

void change_directories(const GlobalOptions& globals) {
    for (const auto& directory : globals.directories) {
        if (::chdir(directory.c_str()) != 0) throw_system_error(errno, "change to folder", directory);
    }
}

class Dispatcher {
public:
    Dispatcher(const Environment& environment, const std::vector<std::string>& words, Output& output)
        : environment_{environment}, words_{words}, output_{output} {}

    int run() {
        declare_globals(args_, globals_, nullptr);
        const auto verb_at = args_.first_word(words_);
        if (verb_at == words_.size()) return run_without_command();
        const std::span all{words_};
        const auto rest = all.subspan(verb_at);
        if (const auto* command = find_command(rest)) {
            std::vector<std::string> tokens{all.begin(), rest.begin()};
            tokens.insert(tokens.end(), rest.begin() + static_cast<std::ptrdiff_t>(word_count(*command)), rest.end());
            return run_command(*command, tokens);
        }
        return run_unknown(verb_at);
    }

    /// What the program ends with if `error` is why.
    [[nodiscard]] int exit_code_of(const Error& error) const {
        return early_exit_ != 0 ? early_exit_ : mlo::exit_code_of(error.kind());
    }

private:
    int run_without_command() {
        bool wants_version = false;
        args_.flag("--version", wants_version, "show the version");
        args_.parse(words_);
        output_.configure(output_options(globals_));
        if (wants_version) {
            std::vector<std::string> tokens{words_};
            std::erase(tokens, "--version");
            return run_command(*find_command(std::vector<std::string>{"version"}), tokens);
        }
        if (globals_.wants_json) throw Error{errors::no_json, "'--json' needs a command that answers something"};
        if (globals_.wants_page) return show_manual({"mlo"});
        output_.write(overview());
        return exit_ok;
    }

    int run_command(const Command& command, const std::vector<std::string>& tokens) {
        for (const auto& exit : command.exits)
            if (exit.code == exit_not_started) early_exit_ = exit.code;
        Args args;
        globals_ = {};
        const auto bound = command.bind(args);
        declare_globals(args, globals_, &command);
        refuse_json(command, args, tokens);
        try {
            args.parse(tokens);
        } catch (Error& error) {
            if (error.hint_text().empty()) error.hint(fmt::format("mlo {} -h", command.words));
            throw;
        }
        if (globals_.is_quiet && globals_.verbosity > 0) {
            throw Error{errors::conflicting_options, "'--quiet' and '--verbose' contradict each other"};
        }
        output_.configure(output_options(globals_));
        if (globals_.wants_page) return show_manual({std::string{command.words}});
        if (globals_.wants_help) {
            output_.write(summary(command));
            return exit_ok;
        }
        try {
            args.check_required();
        } catch (Error& error) {
            error.hint(fmt::format("mlo {} -h", command.words));
            throw;
        }
        change_directories(globals_);
        Context context{output_, environment_, globals_};
        early_exit_ = 0;
        try {
            return bound->run(context);
        } catch (const Error& error) {
            const bool was_stopped = error.code().id == mlo::errors::interrupted.id && context.stop_signal() != 0;
            if (!was_stopped) throw;
            output_.error(
                Error{mlo::errors::interrupted, "interrupted; what was complete is kept: run the same command again"});
            return exit_signal_base + context.stop_signal();
        }
    }

    int show_manual(const std::vector<std::string>& names) {
        Context context{output_, environment_, globals_};
        return show_page(context, names);
    }

    /// --json where there is no JSON to be had deserves a better answer than "unknown option".
    static void refuse_json(const Command& command, const Args& args, const std::vector<std::string>& tokens) {
        if (args.find_option("--json") != nullptr) return;
        const auto end = std::find(tokens.begin(), tokens.end(), "--");
        if (std::find(tokens.begin(), end, "--json") == end) return;
        throw Error{errors::no_json, fmt::format("'mlo {}' has no JSON output", command.words)};
    }

    int run_unknown(std::size_t verb_at) {
        const auto& verb = words_[verb_at];
        if (const auto members = subcommands(verb); !members.empty()) return run_group(verb_at, members);
        const bool is_name = verb.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == verb.npos;
        if (is_name) {
            if (const auto program = find_program("mlo-" + verb, environment_.get("PATH").value_or(""))) {
                run_extension(*program, verb_at);
            }
        }
        std::vector<std::string> names;
        for (const auto* command : visible_commands())
            names.emplace_back(command->words.substr(0, command->words.find(' ')));
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        throw_unknown(verb, names, "");
    }

    int run_group(std::size_t verb_at, const std::vector<const Command*>& members) {
        const auto& verb = words_[verb_at];
        std::vector<std::string> rest{words_.begin() + static_cast<std::ptrdiff_t>(verb_at) + 1, words_.end()};
        const auto at = args_.first_word(rest);
        if (at == rest.size()) {
            output_.write(group_overview(verb));
            return exit_ok;
        }
        std::vector<std::string> names;
        for (const auto* member : members) names.emplace_back(member->words.substr(verb.size() + 1));
        throw_unknown(rest[at], names, verb + ' ');
    }

    [[noreturn]] static void throw_unknown(const std::string& word, const std::vector<std::string>& names,
                                           const std::string& before) {
        Error error{errors::unknown_command, fmt::format("unknown command {}", quoted(before + word))};
        if (const auto guess = closest_match(word, names)) {
            error.hint(fmt::format("did you mean 'mlo {}{}'?", before, *guess));
        } else {
            error.hint(before.empty() ? "'mlo' lists the commands"
                                      : fmt::format("'mlo {}' lists the commands", trim(before)));
        }
        throw error;
    }

    /// Becomes the program mlo-VERB. It gets what stood before the verb too, but for -C, which is done here.
    [[noreturn]] void run_extension(const std::string& program, std::size_t verb_at) {
        std::vector<std::string> arguments{program};
        for (std::size_t i = 0; i < verb_at; ++i) {
            const bool is_folder = words_[i].starts_with("-C");
            if (!is_folder) arguments.push_back(words_[i]);
            if (is_folder && words_[i].size() == 2) ++i;
        }
        args_.parse(std::span{words_}.first(verb_at));
        change_directories(globals_);
        arguments.insert(arguments.end(), words_.begin() + static_cast<std::ptrdiff_t>(verb_at) + 1, words_.end());
        std::vector<char*> argv;
        for (auto& each : arguments) argv.push_back(each.data());
        argv.push_back(nullptr);
        ::signal(SIGPIPE, SIG_DFL);
        ::execv(program.c_str(), argv.data());
        throw Error{errors::extension_failed,
                    fmt::format("cannot start {}: {}", quoted(program), std::strerror(errno))};
    }

    const Environment& environment_;
    const std::vector<std::string>& words_;
    Output& output_;
    GlobalOptions globals_;
    Args args_;
    int early_exit_ = 0;
};

/// Until the options are parsed, errors already take the form that the words ask for.
Output::Options first_options(const std::vector<std::string>& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    Output::Options options;
    if (std::find(words.begin(), end, "--json") != end) options.form = Form::json;
    for (const auto& [word, mode] :
         {std::pair{"--color=always", ColorMode::always}, {"--color=never", ColorMode::never}}) {
        if (std::find(words.begin(), end, word) != end) options.color = mode;
    }
    return options;
}

int report(Output& output, const Error& error) {
    output.error(error);
    output.flush();
    return exit_code_of(error.kind());
}

/// Runs and turns whatever is thrown into a report and an exit code.
int run_guarded(Dispatcher dispatcher, Output& output) {
    try {
        const int code = dispatcher.run();
        output.flush();
        return code;
    } catch (const Error& error) {
        if (error.code().id == errors::output_failed.id) output.configure({});
        report(output, error);
        return dispatcher.exit_code_of(error);
    } catch (const std::bad_alloc&) {
        return report(output, Error{mlo::errors::system_call, "out of memory"});
    } catch (const std::exception& exception) {
        return report(
            output, Error{mlo::errors::assertion, fmt::format("unexpected failure: {}", printable(exception.what()))});
    }
}

}  // namespace

int run_command_line(const Environment& environment, const std::vector<std::string>& words) {
    Output output{environment};
    output.configure(first_options(words));
    try {
        return run_guarded(Dispatcher{environment, words, output}, output);
    } catch (const PipeClosed&) {
        return exit_closed_pipe;
    } catch (const Error& error) {
        // Standard output failed while an error was being reported on it.
        return exit_code_of(error.kind());
    }
}

}  // namespace mlo::cli
