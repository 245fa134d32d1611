// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/sigv4.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/hmac.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <utility>
#include <vector>

#include "ascii.hpp"

namespace mlo::net {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

/// Not signed: what the client or a proxy between may add, change or take away.
constexpr std::array<std::string_view, 7> unsigned_headers{
    "accept-encoding", "authorization", "connection", "expect", "te", "transfer-encoding", "user-agent"};

void set_header(Headers& headers, std::string_view name, std::string value) {
    std::erase_if(headers, [&](const Header& header) { return equals_ignoring_case(header.name, name); });
    headers.push_back({std::string{name}, std::move(value)});
}

/// "20130524T000000Z"; its first eight characters are the date.
std::string basic_time(Timestamp now) {
    const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:%Y%m%dT%H%M%SZ}", parts);
}

std::string resolved(std::string_view path) {
    std::vector<std::string> kept;
    for (auto& segment : split(path, '/')) {
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!segment.empty() && segment != "." && segment != "..") kept.push_back(std::move(segment));
    }
    std::string result;
    for (const auto& segment : kept) result += "/" + segment;
    const bool is_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    return is_folder || kept.empty() ? result + "/" : result;
}

std::string canonical_path(const std::string& sent, const SigningScope& scope) {
    const auto path = scope.path_segments == PathSegments::resolved ? resolved(sent) : sent;
    return percent_encode(scope.path_encoding == PathEncoding::once ? percent_decode(path) : path, Slash::keep);
}

std::string canonical_query(std::string_view query) {
    if (query.empty()) return {};
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const auto& parameter : split(query, '&')) {
        const auto equals = std::min(parameter.find('='), parameter.size());
        if (parameter.empty()) continue;
        const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
        parameters.emplace_back(percent_encode(percent_decode(parameter.substr(0, equals))),
                                percent_encode(percent_decode(value)));
    }
    std::sort(parameters.begin(), parameters.end());
    std::string result;
    for (const auto& [name, value] : parameters)
        result += fmt::format("{}{}={}", result.empty() ? "" : "&", name, value);
    return result;
}

/// Without white space at the ends, and with one blank for each stretch of them.
std::string canonical_value(std::string_view value) {
    std::string result;
    for (const char c : trim(value))
        if (c != ' ' || result.back() != ' ') result += c;
    return result;
}

/// By name in lower case, in the order of the names; the values of one name are joined by commas.
std::map<std::string, std::string> canonical_headers(const Headers& headers) {
    std::map<std::string, std::string> result;
    for (const auto& header : headers) {
        auto name = lower(header.name);
        if (std::find(unsigned_headers.begin(), unsigned_headers.end(), name) != unsigned_headers.end()) continue;
        const auto [found, is_first] = result.try_emplace(std::move(name), canonical_value(header.value));
        if (!is_first) found->second += "," + canonical_value(header.value);
    }
    return result;
}

struct CanonicalRequest {
    std::string text;
    std::string signed_headers;
};

CanonicalRequest canonical_request(const HttpRequest& request, const HttpUrl& url, const SigningScope& scope,
                                   std::string_view payload_hash) {
    std::string lines;
    std::string names;
    for (const auto& [name, value] : canonical_headers(request.headers)) {
        lines += fmt::format("{}:{}\n", name, value);
        names += (names.empty() ? "" : ";") + name;
    }
    auto text = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(url.path, scope),
                            canonical_query(url.query.value_or("")), lines, names, payload_hash);
    return {.text = std::move(text), .signed_headers = std::move(names)};
}

std::array<std::byte, 32> signing_key(const Secret& secret, const SigningScope& scope, std::string_view date) {
    std::string start{"AWS4"};
    start += secret.reveal();
    auto key = hash::hmac_sha256(as_bytes(start), as_bytes(date));
    wipe(start);
    for (const std::string_view step :
         {std::string_view{scope.region}, std::string_view{scope.service}, std::string_view{"aws4_request"}})
        key = hash::hmac_sha256(key, as_bytes(step));
    return key;
}

}  // namespace

SigningScope s3_scope(std::string region) {
    return {.region = std::move(region),
            .service = "s3",
            .path_encoding = PathEncoding::once,
            .path_segments = PathSegments::as_sent,
            .payload_header = PayloadHeader::yes};
}

void sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope, Timestamp now,
          std::string_view payload_hash) {
    const auto url = split_url(request.url);
    const auto time = basic_time(now);
    const auto date = std::string_view{time}.substr(0, 8);
    if (!find_header(request.headers, "Host")) set_header(request.headers, "Host", url.host_header());
    set_header(request.headers, "x-amz-date", time);
    if (scope.payload_header == PayloadHeader::yes)
        set_header(request.headers, "x-amz-content-sha256", std::string{payload_hash});
    if (!credentials.session_token.empty())
        set_header(request.headers, "x-amz-security-token", std::string{credentials.session_token.reveal()});

    const auto canonical = canonical_request(request, url, scope, payload_hash);
    const auto credential_scope = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
    const auto to_sign =
        fmt::format("{}\n{}\n{}\n{}", algorithm, time, credential_scope, hash::sha256(as_bytes(canonical.text)).hex());
    const auto key = signing_key(credentials.secret_access_key, scope, date);
    set_header(request.headers, "Authorization",
               fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, credentials.access_key_id,
                           credential_scope, canonical.signed_headers,
                           hash::to_hex(hash::hmac_sha256(key, as_bytes(to_sign)))));
}

}  // namespace mlo::net
