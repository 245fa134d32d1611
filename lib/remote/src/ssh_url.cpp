// SPDX-License-Identifier: Apache-2.0
#include "ssh_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/net/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

constexpr std::string_view home_path = "~";

class Parser {
public:
    Parser(const Url& url, std::string_view text) : url_{url}, shown_{without_secrets(text)} {}

    SshUrl parse() {
        if (url_.is_scp) refuse_scheme();
        parse_authority();
        if (url_.is_scp) {
            parse_path(url_.path);
        } else {
            if (url_.path.find_first_of("?#") != url_.path.npos)
                throw bad("holds a '?' or '#'").hint("'%3F' and '%23' in a path");
            parse_path(percent_decode(url_.path, shown_));
        }
        result_.shown = fmt::format("ssh://{}{}{}", result_.target.shown(), is_relative_ ? "/~/" : "",
                                    result_.root == "." ? "" : result_.root);
        return std::move(result_);
    }

private:
    [[nodiscard]] Error bad(std::string_view why) const {
        return Error{errors::bad_url, fmt::format("the URL {} {}", quoted(shown_), why)};
    }

    /// 's3:bucket' is a slip, and must not go to a host of that name.
    void refuse_scheme() const {
        for (const auto& scheme : schemes()) {
            if (scheme.name != url_.authority) continue;
            throw bad(fmt::format("lacks '//' behind '{}:'", scheme.name))
                .hint(fmt::format("ssh://{}/path for a host of that name", scheme.name));
        }
    }

    void parse_authority() {
        auto rest = std::string_view{url_.authority};
        auto& target = result_.target;
        if (const auto at = rest.rfind('@'); at != rest.npos) {
            target.user = url_.is_scp ? std::string{rest.substr(0, at)} : percent_decode(rest.substr(0, at), shown_);
            if (!net::is_plain_ssh_name(target.user)) throw no_name("user", target.user);
            rest.remove_prefix(at + 1);
        }
        if (!url_.is_scp) {
            const auto colon = rest.rfind(':');
            if (colon != rest.npos && rest.find(']', colon) == rest.npos) {
                target.port = parse_port(rest.substr(colon + 1));
                rest = rest.substr(0, colon);
            }
        }
        if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
        target.host = rest;
        if (!net::is_plain_ssh_name(target.host)) throw no_name("host", target.host);
    }

    [[nodiscard]] Error no_name(std::string_view what, std::string_view name) const {
        return Error{net::errors::bad_ssh_target,
                     name.empty()
                         ? fmt::format("the URL {} names no {}", quoted(shown_), what)
                         : fmt::format("the {} {} of the URL {} is no name", what, quoted(name), quoted(shown_))};
    }

    [[nodiscard]] std::uint16_t parse_port(std::string_view text) const {
        std::uint16_t port = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
        if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || port == 0)
            throw bad("has a port that is not a number from 1 to 65535");
        return port;
    }

    void parse_path(std::string_view path) {
        if (path.empty()) throw bad("names no folder").hint("ssh://host/path, or ssh://host/~/path below the home");
        auto components = split(path, '/');
        // "ssh://host/~/x" and "host:~/x" start at the home, as does all that is relative.
        const std::size_t first = url_.is_scp ? 0 : 1;
        is_relative_ = url_.is_scp && !path.starts_with('/');
        if (components.size() > first && components[first].starts_with(home_path)) {
            if (components[first] != home_path)
                throw bad("starts at the home of another user, which SFTP cannot find").hint("write the path in full");
            components.erase(components.begin() + static_cast<std::ptrdiff_t>(first));
            is_relative_ = true;
        }
        std::erase_if(components, [](const std::string& each) { return each.empty() || each == "."; });
        if (std::find(components.begin(), components.end(), "..") != components.end())
            throw bad("holds the component '..'").hint("write the path in full");
        result_.root = (is_relative_ ? "" : "/") + fmt::format("{}", fmt::join(components, "/"));
        if (result_.root.empty()) result_.root = ".";
    }

    const Url& url_;
    std::string shown_;
    bool is_relative_ = false;
    SshUrl result_;
};

}  // namespace

SshUrl parse_ssh_url(const Url& url, std::string_view text) { return Parser{url, text}.parse(); }

}  // namespace mlo::remote
