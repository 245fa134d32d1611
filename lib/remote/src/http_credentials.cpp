// SPDX-License-Identifier: Apache-2.0
#include "http_credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mlo/remote/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::remote {
namespace {

constexpr std::uint64_t file_limit_bytes = 64u << 10;
/// The helpers may give what they kept, which is wrong by now, and then ask the user once.
constexpr int most_questions = 2;

bool starts_with_word(std::string_view text, std::string_view word) noexcept {
    return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
}

/// Whether the server takes a user and a password (RFC 7617); one header may name several ways.
bool asks_for_password(const net::Headers& headers) {
    return std::any_of(headers.begin(), headers.end(), [](const net::Header& header) {
        if (header.name.size() != 16 || !starts_with_word(header.name, "www-authenticate")) return false;
        for (const auto& each : split(header.value, ','))
            if (starts_with_word(trim(each), "basic")) return true;
        return false;
    });
}

/// What a token or header may hold: printable ASCII.
bool is_plain(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

}  // namespace

WipeAtEnd::~WipeAtEnd() {
    for (auto& header : headers_) wipe(header.value);
}

HttpCredentials::HttpCredentials(const HttpPlace& place, HttpAccess access, const Surroundings& surroundings,
                                 const Runtime& runtime)
    : access_{std::move(access)},
      scope_{.protocol = place.server.scheme,
             .host = place.server.host_header(),
             .path = net::percent_decode(
                 std::string_view{place.path}.substr(1, place.path.size() - (place.path.size() > 1 ? 2 : 1))),
             .user = place.user},
      may_show_{surroundings.credentials},
      variables_{surroundings.variables},
      runtime_{runtime},
      git_{surroundings.variables} {}

Error HttpCredentials::wrong(std::string_view setting, std::string_view why) const {
    return Error{errors::bad_access, fmt::format("'{}.{}' {}", access_.name, setting, why)};
}

std::string HttpCredentials::read_secret_file(const std::string& path) const {
    // The folder, and the file itself, may be links: what runs containers hands secrets in that way.
    const std::unique_ptr<char, decltype(&std::free)> resolved{::realpath(path.c_str(), nullptr), &std::free};
    const std::string place = resolved ? resolved.get() : path;
    const auto folder = runtime_.fs.open_root(path::parent(place));
    const auto status = folder->stat(path::name(place));
    constexpr unsigned by_others = 077;
    if (status && (status->mode & by_others) != 0)
        throw Error{errors::unsafe_secret_file,
                    fmt::format("{} holds a secret and can be used by others", quoted(path))}
            .hint(fmt::format("chmod 600 {}", printable(path)));
    return read_file(*folder, path::name(place), file_limit_bytes);
}

Secret HttpCredentials::variable(const std::string& name) const {
    for (const auto& each : variables_) {
        if (each.size() > name.size() + 1 && each.starts_with(name) && each[name.size()] == '=')
            return Secret{std::string_view{each}.substr(name.size() + 1)};
    }
    return {};
}

void HttpCredentials::set_basic(std::string_view user, std::string_view password) {
    std::string pair = fmt::format("{}:{}", user, password);
    auto encoded = base64_encode(as_bytes(pair));
    auto value = "Basic " + encoded;
    authorization_ = Secret{value};
    for (auto* each : {&pair, &encoded, &value}) wipe(*each);
    ++version_;
}

void HttpCredentials::load_password() {
    const auto password = variable(access_.password_variable);
    if (password.empty())
        throw wrong("password-variable", fmt::format("names {}, which is not set", quoted(access_.password_variable)));
    if (scope_.user.empty())
        throw wrong("password-variable", "needs to know the user")
            .hint("name the user in the URL of the remote: https://USER@host/path");
    set_basic(scope_.user, password.reveal());
    whose_ = fmt::format("the user {} with the password in {}", quoted(scope_.user), quoted(access_.password_variable));
}

void HttpCredentials::load_token() {
    const auto& source = access_.token_file.empty() ? access_.token_variable : access_.token_file;
    auto text = access_.token_file.empty() ? std::string{} : read_secret_file(source);
    const auto token = access_.token_file.empty() ? variable(source) : Secret{trim(text)};
    wipe(text);
    if (token.empty() && access_.token_file.empty())
        throw wrong("token-variable", fmt::format("names {}, which is not set", quoted(source)));
    if (!is_plain(token.reveal()))
        throw Error{errors::unsafe_secret_file,
                    fmt::format("{} holds no token: one line of printable ASCII", quoted(source))};
    auto value = fmt::format("Bearer {}", token.reveal());
    authorization_ = Secret{value};
    wipe(value);
    ++version_;
    whose_ = fmt::format("the token in {}", quoted(source));
}

void HttpCredentials::load_headers() {
    if (access_.headers_file.empty()) return;
    auto text = read_secret_file(access_.headers_file);
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = trim(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
        if (line.empty()) continue;
        const auto colon = line.find(':');
        const auto name = trim(line.substr(0, colon));
        const auto value = colon == line.npos ? std::string_view{} : trim(line.substr(colon + 1));
        if (!is_plain(name) || name.find(' ') != name.npos || !is_plain(value))
            throw Error{errors::unsafe_secret_file,
                        fmt::format("{} has a line that is no 'Name: value'", quoted(access_.headers_file))};
        headers_.emplace_back(std::string{name}, Secret{value});
    }
    wipe(text);
    if (whose_.empty() && !headers_.empty()) whose_ = fmt::format("the headers in {}", quoted(access_.headers_file));
}

void HttpCredentials::load() {
    if (is_loaded_ || may_show_ == ShowCredentials::no) return;
    const bool has_password = !access_.password_variable.empty();
    const bool has_token = !access_.token_file.empty() || !access_.token_variable.empty();
    if (has_password && has_token)
        throw wrong("password-variable", "and a token are two ways to log in: only one can be used");
    if (!access_.token_file.empty() && !access_.token_variable.empty())
        throw wrong("token-variable", "and 'token-file' are two ways to log in: only one can be used");
    if (has_password) load_password();
    if (has_token) load_token();
    load_headers();
    is_loaded_ = true;
}

void HttpCredentials::add_to(net::Headers& headers, std::uint32_t& used) {
    const std::scoped_lock lock{mutex_};
    load();
    used = version_;
    if (!authorization_.empty()) headers.push_back({"Authorization", std::string{authorization_.reveal()}});
    for (const auto& [name, value] : headers_) headers.push_back({name, std::string{value.reveal()}});
}

bool HttpCredentials::replace(const net::Headers& answer, std::uint32_t used) {
    const std::scoped_lock lock{mutex_};
    if (may_show_ == ShowCredentials::no) return false;
    if (used != version_) return true;  // another thread got one meanwhile
    const bool is_own = !authorization_.empty() && !login_;
    if (is_own || !asks_for_password(answer)) return false;
    if (login_) git_.reject(scope_, *login_);
    login_.reset();
    authorization_ = {};
    ++version_;
    if (asked_ == most_questions) return false;
    ++asked_;
    login_ = git_.find(scope_);
    if (!login_) return false;
    is_approved_ = false;
    set_basic(login_->user, login_->password.reveal());
    whose_ = fmt::format("the user {} of git's credential helper", quoted(login_->user));
    return true;
}

void HttpCredentials::accepted(std::uint32_t used) {
    const std::scoped_lock lock{mutex_};
    if (!login_ || is_approved_ || used != version_) return;
    is_approved_ = true;
    git_.approve(scope_, *login_);
}

std::string HttpCredentials::whose() {
    const std::scoped_lock lock{mutex_};
    return whose_;
}

}  // namespace mlo::remote
