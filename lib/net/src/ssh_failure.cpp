// SPDX-License-Identifier: Apache-2.0
#include "ssh_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>
#include <string>
#include <vector>

namespace mlo::net {
namespace {

constexpr int ssh_own_failure = 255;
constexpr std::size_t most_notes = 4;
constexpr std::size_t most_line_bytes = 300;

/// What OpenSSH says, in its own words: it translates nothing. The first row that fits counts.
struct Saying {
    std::string_view words;
    const ErrorCode& code;
    std::string_view message;  ///< with the target for '{}'
    std::string_view hint;     ///< with the host for '{}'
};
constexpr Saying sayings[] = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", errors::wrong_host_key,
     "the host key of {} is another than before: it may be somebody else",
     "ask those who run the host; only if it is right: ssh-keygen -R {}"},
    {"REVOKED HOST KEY", errors::wrong_host_key, "the host key of {} has been revoked", ""},
    {"Host key verification failed", errors::unknown_host_key, "nobody here has accepted the host key of {}",
     "connect by hand once, compare the fingerprint that it shows, and accept it: ssh {}"},
    {"Could not resolve hostname", errors::unknown_host, "cannot find the address of {}", ""},
    {"Permission denied (", errors::ssh_refused, "{} refuses the keys that ssh has shown",
     "try 'ssh {}'; a key with a passphrase has to be in the agent: ssh-add"},
    {"Too many authentication failures", errors::ssh_refused, "{} refuses, since ssh has shown too many keys",
     "name the key in ~/.ssh/config: IdentityFile and 'IdentitiesOnly yes' for the host"},
    {"no more authentication methods", errors::ssh_refused, "{} refuses the ways to sign in that ssh has tried", ""},
    {"subsystem request failed", errors::no_sftp, "{} has no SFTP", ""},
    {"ssh: connect to ", errors::cannot_connect, "cannot connect to {}", ""},
    {"Connection timed out", errors::cannot_connect, "cannot connect to {}", ""},
    {"Unable to negotiate", errors::ssh_failed, "cannot agree with {} on how to encrypt", ""},
    {"kex_exchange_identification", errors::connection_lost, "{} broke off before it said who it is", ""},
    {"banner exchange", errors::connection_lost, "{} broke off before it said who it is", ""},
    {"not responding", errors::connection_lost, "{} does not answer any more", ""},
    {"Broken pipe", errors::connection_lost, "the connection to {} was lost", ""},
    {"Connection reset", errors::connection_lost, "the connection to {} was lost", ""},
    {"Connection closed", errors::connection_lost, "{} closed the connection", ""},
    {"closed by remote host", errors::connection_lost, "{} closed the connection", ""},
    {"Corrupted MAC", errors::connection_lost, "what {} sent was damaged on the way", ""},
    {"message authentication code incorrect", errors::connection_lost, "what {} sent was damaged on the way", ""},
};

/// The last lines, without the frames and the advice that ssh draws around them.
std::vector<std::string> last_lines(std::string_view said) {
    std::vector<std::string> lines;
    for (const auto& each : split(said, '\n')) {
        const auto line = trim(each);
        if (line.empty() || line.starts_with('@') || line.starts_with("**")) continue;
        auto shown = printable(line.substr(0, most_line_bytes));
        std::replace(shown.begin(), shown.end(), '\'', '"');
        lines.push_back("ssh: " + shown);
    }
    if (lines.size() > most_notes) lines.erase(lines.begin(), lines.end() - most_notes);
    return lines;
}

Error with_words(Error error, std::string_view said) {
    for (auto& line : last_lines(said)) error.note(std::move(line));
    return error;
}

}  // namespace

Error ssh_failure(const SshEnd& end) {
    const auto target = quoted(end.shown);
    for (const auto& saying : sayings) {
        if (end.said.find(saying.words) == end.said.npos) continue;
        Error error{saying.code, fmt::format(fmt::runtime(saying.message), target)};
        if (!saying.hint.empty()) error.hint(fmt::format(fmt::runtime(saying.hint), printable(end.host)));
        return with_words(std::move(error), end.said);
    }
    // The shell speaks in the name of the command; the status alone could also be that of the host's shell.
    if (!end.command.empty() && end.said.starts_with(fmt::format("{}: ", end.command)))
        return with_words(Error{errors::no_ssh, "the shell cannot run what GIT_SSH_COMMAND says"}, end.said);
    if (end.has_spoken_sftp || !end.exit_code)
        return with_words(Error{errors::connection_lost, fmt::format("the connection to {} was lost", target)},
                          end.said);
    if (*end.exit_code == ssh_own_failure)
        return with_words(Error{errors::ssh_failed, fmt::format("ssh did not get to {}", target)}, end.said);
    return with_words(
        Error{errors::no_sftp, fmt::format("{} ended with {} instead of starting SFTP", target, *end.exit_code)},
        end.said);
}

}  // namespace mlo::net
