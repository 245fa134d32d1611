// SPDX-License-Identifier: Apache-2.0
#include "http_folders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/http_fields.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

/// About 150,000 members.
constexpr std::size_t answer_limit_bytes = 64u << 20;

constexpr int created = 201;
constexpr int multi_status = 207;
constexpr int unauthorized = 401;

/// Answers that tell nothing of what the server speaks: it is overloaded, or wants to know who asks.
bool tells_nothing(const HttpAnswer& answer) noexcept {
    constexpr int not_implemented = 501;
    return answer.status == unauthorized || answer.status == 408 || answer.status == 429 ||
           (answer.status >= 500 && answer.status != not_implemented);
}

/// The folder that holds `path`: "a/" of "a/b" and "a/b/"; "" of "a".
std::string above(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return std::string{path.substr(0, path.rfind('/') + 1)};  // npos + 1 is 0
}

}  // namespace

HttpCall HttpFolders::propfind(const std::string& folder, std::string_view depth) const {
    return {.method = "PROPFIND",
            .path = folder,
            .headers = {{"Depth", std::string{depth}}, {"Content-Type", "application/xml"}},
            .body_bytes = propfind_body().size(),
            .read_body = [](auto into, auto offset) { return BytesSource{propfind_body()}.read(into, offset); },
            .doing = folder.empty() ? "list what is there" : fmt::format("list {}", quoted(folder))};
}

Error HttpFolders::refused(const HttpCall& call, const HttpAnswer& answer) {
    const auto why = session_.error(call, answer);
    Error error{errors::listing_refused,
                fmt::format("the server of {} does not list what is there", quoted(session_.shown()))};
    for (const auto& note : why.notes()) error.note(note);
    return error;
}

HttpFolders::Content HttpFolders::read(const std::string& folder) {
    const auto call = propfind(folder, "1");
    std::string xml;
    // Only the answer of WebDAV is wanted: some servers take any method for GET.
    bool is_multi_status = false;
    auto asked = call;
    asked.on_head = [&](const net::HttpResponse& head) { is_multi_status = head.status == multi_status; };
    const auto answer = session_.send(asked, [&](ByteView bytes) {
        if (!is_multi_status) return;
        if (bytes.size() > answer_limit_bytes - xml.size())
            throw Error{errors::bad_answer, fmt::format("{} answered more than the {} that were expected",
                                                        quoted(session_.shown()), format_bytes(answer_limit_bytes))};
        xml += as_text(bytes);
    });
    if (answer.is_absent() && !answer.is_folder) {
        // A server that knows no WebDAV may say so of every path.
        if (find_out() == Dav::no) throw refused(call, answer);
        return {};
    }
    if (tells_nothing(answer)) throw session_.error(call, answer);
    if (answer.status != multi_status) {
        if (dav_ != Dav::yes) dav_ = Dav::no;
        throw refused(call, answer);
    }
    dav_ = Dav::yes;
    Content content{.members = parse_multistatus(xml, quoted(session_.shown())),
                    .server = net::parse_http_date(net::find_header(answer.headers, "Date").value_or(""))};
    std::sort(content.members.begin(), content.members.end(), [](const DavMember& a, const DavMember& b) {
        return a.name + (a.is_folder ? "/" : "") < b.name + (b.is_folder ? "/" : "");
    });
    return content;
}

Dav HttpFolders::find_out() {
    if (const auto known = dav_.load(); known != Dav::unknown) return known;
    const auto call = propfind("", "0");
    const auto answer = session_.send(call);
    if (tells_nothing(answer)) throw session_.error(call, answer);
    if (answer.status == multi_status) {
        dav_ = Dav::yes;
    } else if (!answer.is_absent()) {
        dav_ = Dav::no;
    } else {
        // The folder may only not be there yet. But if it holds something, the server has no word of WebDAV.
        const HttpCall look{.method = "HEAD", .path = "format", .doing = "look at 'format'"};
        const auto format = session_.send(look);
        if (tells_nothing(format)) throw session_.error(look, format);
        if (format.is_ok()) dav_ = Dav::no;
    }
    return dav_;
}

bool HttpFolders::make_above(const std::string& path) { return make(above(path)); }

bool HttpFolders::make(const std::string& folder) {
    const HttpCall call{.method = "MKCOL",
                        .path = folder,
                        .body_bytes = 0,
                        .doing = folder.empty() ? "make the folder" : fmt::format("make the folder {}", quoted(folder)),
                        .intent = Intent::write};
    const auto answer = session_.send(call);
    if (answer.status == created) return true;
    if (answer.status == 405 || folder.empty()) return false;  // it is there, or cannot be
    if (!make(above(folder))) return false;
    return session_.send(call).status == created;
}

}  // namespace mlo::remote
