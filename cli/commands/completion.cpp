// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

enum class Shell { bash, zsh, fish };

// Each script asks 'mlo __complete -- WORD...', which answers with lines 'value TAB description', and with ':path' or
// ':directory' where the shell's own file names are wanted.

constexpr std::string_view bash_script = R"sh(# bash completion for mlo
_mlo() {
    local word words=() line i
    # bash splits words at '=' and ':'; put them together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ($word == [=:] || ${COMP_WORDS[i - 1]} == [=:]) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    local current=${words[${#words[@]} - 1]} whole=${words[${#words[@]} - 1]}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :path) compopt -o filenames; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${current#*=}") ;;
            :directory) compopt -o filenames; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${current#*=}") ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
    # What bash takes for the current word starts after the last '=' or ':'.
    if [[ $whole == *[=:]* ]]; then
        local before=${whole%"${whole##*[=:]}"}
        for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$before"}; done
    fi
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
    return 0
}
complete -F _mlo mlo
)sh";

constexpr std::string_view zsh_script = R"sh(#compdef mlo
# zsh completion for mlo
_mlo() {
    local line value
    local -a proposals folders
    while IFS= read -r line; do
        case $line in
            :path) _files ;;
            :directory) _files -/ ;;
            *)
                value=${line%%$'\t'*}
                if [[ $value == */ ]]; then
                    folders+=("$value")
                elif [[ $line == *$'\t'* ]]; then
                    proposals+=("${value//:/\\:}:${line#*$'\t'}")
                else
                    proposals+=("${value//:/\\:}")
                fi
                ;;
        esac
    done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( ${#proposals} )) && _describe mlo proposals
    (( ${#folders} )) && compadd -S '' -- $folders
}
if [[ $funcstack[1] == _mlo ]]; then
    _mlo "$@"
else
    compdef _mlo mlo
fi
)sh";

constexpr std::string_view fish_script = R"sh(# fish completion for mlo
function __mlo_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command mlo __complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case :path
                __fish_complete_path (commandline -ct)
            case :directory
                __fish_complete_directories (commandline -ct) ''
            case '*'
                echo $line
        end
    end
end
complete -c mlo -f -a '(__mlo_complete)'
)sh";

struct CompletionOptions {
    Shell shell = Shell::bash;
};

void declare(Args& args, CompletionOptions& o) {
    args.choice_positional("shell", o.shell, {Choice{"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}},
                           "the shell to print a script for")
        .required();
}

int run(Context& ctx, const CompletionOptions& o) {
    switch (o.shell) {
        case Shell::bash:
            ctx.out().write(bash_script);
            break;
        case Shell::zsh:
            ctx.out().write(zsh_script);
            break;
        case Shell::fish:
            ctx.out().write(fish_script);
            break;
    }
    return exit_ok;
}

constexpr Example examples[] = {{"source <(mlo completion bash)", "complete with Tab in this bash"},
                                {"mlo completion fish > ~/.config/fish/completions/mlo.fish", "in every fish"}};

}  // namespace

extern const Command completion_command{
    .words = "completion",
    .group = Group::start,
    .summary = "print the script that lets a shell complete mlo's commands and options",
    .bind = command_main<CompletionOptions, declare, run>,
    .examples = examples};

}  // namespace mlo::cli
