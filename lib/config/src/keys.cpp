// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <mlo/config/keys.hpp>
#include <mlo/util/text.hpp>

namespace mlo::config {
namespace {

constexpr Key table[] = {
    {"cache.read", ValueType::boolean, "", "true", Trust::local,
     "Whether 'mlo run' takes results of stages, and their outputs, from the remote that 'cache.remote' names."},
    {"cache.remote", ValueType::text, "", "", Trust::local,
     "The remote whose results of stages 'mlo run' uses without being asked to ('mlo run --pull'). Without it, no "
     "network."},
    {"cache.write", ValueType::boolean, "", "false", Trust::local,
     "Whether 'mlo run' sends results of stages, and their outputs, to the remote that 'cache.remote' names."},
    {"checkout.link", ValueType::choices, "reflink|copy", "reflink,copy", Trust::any,
     "How checkout brings bytes from the store into the workspace: the first way that works is taken. A reflink shares "
     "disk "
     "blocks until one side changes; it needs Btrfs, XFS or a file system like them."},
    {"core.jobs", ValueType::integer, "1..1024", "", Trust::any,
     "How many threads a command may use. Without it, as many as the machine has cores."},
    {"core.remote", ValueType::text, "", "", Trust::any,
     "The remote that push, fetch and pull use when none is named. Without it, the only one that there is."},
    {"http.NAME.ca-file", ValueType::path, "", "", Trust::local,
     "A PEM file with the certificates to trust, instead of the system's, at the server 'http.NAME.origin'."},
    {"http.NAME.client-certificate", ValueType::path, "", "", Trust::local,
     "A PEM file with the certificate to show to the server."},
    {"http.NAME.client-key", ValueType::path, "", "", Trust::local,
     "The PEM file with its key. Without it, the key is in the certificate's file."},
    {"http.NAME.headers-file", ValueType::path, "", "", Trust::local,
     "A file of mode 0600 with lines 'Name: value': headers to send with each request to the server."},
    {"http.NAME.origin", ValueType::text, "", "", Trust::local,
     "The server that this group of settings is for, as https://host:port. Nothing of it goes anywhere else. NAME is "
     "any. See mlo-http(7)."},
    {"http.NAME.password-variable", ValueType::text, "", "", Trust::local,
     "The environment variable that holds the password of the user whom the remote's URL names."},
    {"http.NAME.token-file", ValueType::path, "", "", Trust::local,
     "A file of mode 0600 with a bearer token for the server."},
    {"http.NAME.token-variable", ValueType::text, "", "", Trust::local,
     "The environment variable that holds a bearer token for the server."},
    {"project", ValueType::id, "", "", Trust::repository_only,
     "What identifies the project among all that share a remote. Written by 'mlo init'; never change it."},
    {"remote.NAME.trusted-url", ValueType::text, "", "", Trust::local,
     "The URL that this clone has approved for the remote. While 'remote.NAME.url' says another, it is only read. "
     "Written by 'mlo remote add' and 'mlo remote trust'."},
    {"remote.NAME.url", ValueType::text, "", "", Trust::any,
     "Where the remote is: a path, relative to the root of the work tree, or a URL. See mlo-remote-add(1)."},
    {"runs.storage", ValueType::choice, "auto|database|journal", "auto", Trust::any,
     "How 'mlo track -- CMD' records: database, in the run store; journal, in a file of the run's own, which waits for "
     "no "
     "other machine and which any later command takes over; auto, in a journal where the store is on a network file "
     "system."},
    {"store.dir", ValueType::path, "", "", Trust::local,
     "The folder of the store. Without it, 'mlo' in git's common folder, or '.mlo' without git."},
    {"store.large", ValueType::choice, "auto|whole|chunked", "auto", Trust::any,
     "How the store keeps large files: whole, so that they can be reflinked; chunked, so that versions share bytes; "
     "auto "
     "keeps them whole where checkout can reflink them."},
    {"track.environment", ValueType::text, "", "", Trust::local,
     "Which variables of the environment a run keeps besides the usual ones: names with commas between them; '*' at "
     "the "
     "start or the end of one stands for anything, '!' in front leaves out. What looks like a secret is masked all the "
     "same."},
    {"track.log-mib", ValueType::integer, "0..1024", "8", Trust::any,
     "How much a run keeps of what its job prints, in MiB: an eighth of it from the begin, the rest from the end. 0 "
     "keeps "
     "nothing."},
};

std::vector<std::string> allowed(const Key& key) { return split(key.values, '|'); }

bool is_free(std::string_view segment) { return !segment.empty() && segment.front() >= 'A' && segment.front() <= 'Z'; }

/// A name that a free segment may be: it goes into keys, YAML and paths as it is.
bool is_plain_name(std::string_view name) {
    return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool matches(const Key& key, std::span<const std::string> segments) {
    const auto expected = split(key.name, '.');
    return std::equal(expected.begin(), expected.end(), segments.begin(), segments.end(),
                      [](const std::string& pattern, const std::string& segment) {
                          return is_free(pattern) ? is_plain_name(segment) : pattern == segment;
                      });
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::string> canonical_integer(const Key& key, std::string_view text) {
    const auto dots = key.values.find("..");
    const auto lowest = to_integer(key.values.substr(0, dots));
    const auto highest = to_integer(key.values.substr(dots + 2));
    const auto number = to_integer(text);
    if (!number || *number < lowest || *number > highest) return std::nullopt;
    return std::to_string(*number);
}

std::optional<std::string> canonical_choices(const Key& key, std::string_view text) {
    const auto known = allowed(key);
    std::vector<std::string> seen;
    std::string result;
    for (const auto& part : split(text, ',')) {
        const std::string word{trim(part)};
        if (std::find(known.begin(), known.end(), word) == known.end()) return std::nullopt;
        if (std::find(seen.begin(), seen.end(), word) != seen.end()) return std::nullopt;
        result += (seen.empty() ? "" : ",") + word;
        seen.push_back(word);
    }
    return result;
}

bool is_id(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::span<const Key> rows, std::string_view name) {
    const auto segments = split(name, '.');
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Key& key) { return matches(key, segments); });
    return found == rows.end() ? nullptr : &*found;
}

std::string describe_values(const Key& key) {
    const auto listed = [&] {
        std::string text;
        for (const auto& value : allowed(key)) text += (text.empty() ? "" : ", ") + value;
        return text;
    };
    switch (key.type) {
        case ValueType::boolean:
            return "true or false";
        case ValueType::integer: {
            const auto dots = key.values.find("..");
            return "an integer from " + std::string{key.values.substr(0, dots)} + " to " +
                   std::string{key.values.substr(dots + 2)};
        }
        case ValueType::choice:
            return "one of " + listed();
        case ValueType::choices:
            return "a list of " + listed() + ", each at most once";
        case ValueType::path:
            return "an absolute path";
        case ValueType::text:
            return "a text that is not empty";
        case ValueType::id:
            return "32 lower-case hex digits";
    }
    return "";
}

std::optional<std::string> variable_of(const Key& key) {
    if (key.trust == Trust::repository_only) return std::nullopt;
    std::string variable = "MLO_";
    for (const char c : key.name) {
        if (c >= 'A' && c <= 'Z') return std::nullopt;
        variable += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return variable;
}

std::optional<std::string> canonical_value(const Key& key, std::string_view text) {
    const auto accept = [&](bool fits) { return fits ? std::optional<std::string>{text} : std::nullopt; };
    switch (key.type) {
        case ValueType::boolean:
            return accept(text == "true" || text == "false");
        case ValueType::integer:
            return canonical_integer(key, text);
        case ValueType::choice: {
            const auto known = allowed(key);
            return accept(std::find(known.begin(), known.end(), text) != known.end());
        }
        case ValueType::choices:
            return canonical_choices(key, text);
        case ValueType::path:
            return accept(text.starts_with('/') && is_valid_utf8(text) && text.find('\0') == text.npos);
        case ValueType::text:
            return accept(!text.empty() && is_valid_utf8(text) && text.find('\0') == text.npos);
        case ValueType::id:
            return accept(is_id(text));
    }
    return std::nullopt;
}

}  // namespace mlo::config
