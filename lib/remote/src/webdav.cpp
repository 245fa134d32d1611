// SPDX-License-Identifier: Apache-2.0
#include "webdav.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/http_fields.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

/// A response of a multistatus: where, and what.
struct Response {
    std::string path;  ///< decoded, without host, query and the slash at its end
    DavMember member;
};

/// Without scheme and host, which some servers write: they may be those behind a proxy.
std::string path_of(std::string_view href) {
    href = trim(href);
    if (const auto scheme = href.find("://"); scheme != href.npos && href.find('/') > scheme) {
        href.remove_prefix(scheme + 3);
        href.remove_prefix(std::min(href.find('/'), href.size()));
    }
    href = href.substr(0, href.find_first_of("?#"));
    while (href.ends_with('/')) href.remove_suffix(1);
    return net::percent_decode(href);
}

bool is_ok(std::string_view status) noexcept { return status.find(" 200") != status.npos; }

void read_properties(const net::XmlElement& properties, DavMember& member) {
    if (const auto type = properties.child("resourcetype")) member.is_folder = type->child("collection").has_value();
    member.size_bytes =
        net::content_length({{"Content-Length", std::string{trim(properties.child_text("getcontentlength"))}}});
    member.modified = net::parse_http_date(trim(properties.child_text("getlastmodified")));
}

/// Nothing for what the server could not tell about.
std::optional<Response> read_response(const net::XmlElement& element) {
    if (const auto status = element.child("status"); status && !is_ok(status->text())) return std::nullopt;
    Response response{.path = path_of(element.child_text("href")), .member = {}};
    for (const auto& each : element.children("propstat")) {
        const auto properties = each.child("prop");
        if (properties && is_ok(each.child_text("status"))) read_properties(*properties, response.member);
    }
    return response;
}

}  // namespace

std::string_view propfind_body() noexcept {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
           "<propfind xmlns=\"DAV:\"><prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>\n";
}

std::vector<DavMember> parse_multistatus(std::string_view xml, std::string_view source) {
    const net::XmlDocument document{xml, source};
    const auto root = document.root();
    if (root.name() != "multistatus") throw Error{errors::bad_answer, fmt::format("{} is no answer of WebDAV", source)};
    std::vector<Response> responses;
    for (const auto& each : root.children("response"))
        if (auto response = read_response(each)) responses.push_back(std::move(*response));
    // The folder itself is among them, and all others lie below it. Its path need not be the one that was asked for:
    // there may be a proxy that rewrites it.
    const auto self = std::min_element(responses.begin(), responses.end(), [](const Response& a, const Response& b) {
        return a.path.size() < b.path.size();
    });
    std::vector<DavMember> members;
    if (self == responses.end()) return members;
    const auto start = self->path + "/";
    for (auto& each : responses) {
        if (!each.path.starts_with(start)) continue;
        each.member.name = each.path.substr(start.size());
        if (each.member.name.empty() || each.member.name.find('/') != each.member.name.npos) continue;
        members.push_back(std::move(each.member));
    }
    return members;
}

}  // namespace mlo::remote
