// SPDX-License-Identifier: Apache-2.0
#include "s3_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/aws_settings.hpp>
#include <mlo/net/sigv4.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/util/text.hpp>

#include "http_access.hpp"
#include "proxy.hpp"
#include "s3_errors.hpp"

namespace mlo::remote {
namespace {

constexpr std::string_view default_region = "us-east-1";
constexpr int partial_content = 206;

net::AwsSources sources_of(const Surroundings& surroundings) {
    return {.variables = surroundings.variables, .home = surroundings.home};
}

/// Whether the part of a value that comes is the one that was asked for: "bytes=100-199" and "bytes 100-199/1000".
bool keeps_range(std::string_view asked, const net::HttpResponse& head) {
    const auto told = net::find_header(head.headers, "Content-Range").value_or("");
    const auto from = asked.substr(asked.find('=') + 1);
    const auto start = from.substr(0, from.find('-') + 1);
    return head.status == partial_content && told.starts_with(fmt::format("bytes {}", start));
}

}  // namespace

S3Client::S3Client(S3Url url, const Surroundings& surroundings, const Runtime& runtime)
    : url_{std::move(url)}, runtime_{runtime}, traffic_{surroundings.traffic}, may_show_{surroundings.credentials} {
    const auto sources = sources_of(surroundings);
    const auto settings = net::find_aws_settings(sources, runtime.fs);
    endpoint_ = url_.endpoint ? url_.endpoint : settings.endpoint_url;
    while (endpoint_ && endpoint_->ends_with('/')) endpoint_->pop_back();
    region_ = url_.region.value_or(settings.region.value_or(std::string{default_region}));
    shown_ = fmt::format("s3://{}/{}", url_.bucket, url_.prefix);
    shown_.pop_back();
    if (endpoint_) shown_ += fmt::format(" at {}", *endpoint_);
    const auto server = net::split_url(endpoint_.value_or(net::aws_endpoint("s3", region_)));
    const net::HttpOptions options{
        .ca_file = settings.ca_bundle ? *settings.ca_bundle : access_for(surroundings.http, server.origin()).ca_file,
        .proxy = proxy_for(server.scheme, surroundings.variables),
        .no_proxy = unproxied_hosts(surroundings.variables),
        .user_agent = "mlo"};
    transport_ = net::make_http_client(options, runtime);
    if (url_.is_anonymous || surroundings.credentials == ShowCredentials::no) return;
    metadata_transport_ = net::make_http_client(net::aws_metadata_options(sources), runtime);
    provider_ = std::make_unique<net::AwsCredentialProvider>(
        sources, runtime, net::AwsTransports{.services = *transport_, .metadata = *metadata_transport_});
}

S3Client::~S3Client() = default;

std::string S3Client::region() {
    const std::scoped_lock lock{mutex_};
    return region_;
}

std::optional<net::AwsCredentials> S3Client::credentials() { return provider_ ? provider_->get() : std::nullopt; }

std::string S3Client::whose_credentials() {
    const auto found = credentials();
    return found ? found->origin : std::string{};
}

std::string S3Client::target(const S3Request& request, const std::string& region) const {
    const auto endpoint = endpoint_ ? *endpoint_ : net::aws_endpoint("s3", region);
    const bool is_in_host = url_.style == BucketStyle::virtual_host ||
                            (url_.style == BucketStyle::automatic && !endpoint_ && is_host_label(url_.bucket));
    const auto key = net::percent_encode(request.key, net::Slash::keep);
    std::string target;
    if (is_in_host) {
        const auto host = endpoint.find("://") + 3;
        target = fmt::format("{}{}.{}/{}", endpoint.substr(0, host), url_.bucket, endpoint.substr(host), key);
    } else {
        target = fmt::format("{}/{}", endpoint, net::percent_encode(url_.bucket));
        if (!key.empty()) target += "/" + key;
    }
    char separator = '?';
    for (const auto& [name, value] : request.query) {
        target += fmt::format("{}{}={}", std::exchange(separator, '&'), net::percent_encode(name),
                              net::percent_encode(value));
    }
    return target;
}

net::HttpRequest S3Client::build(const S3Request& request, const std::optional<net::AwsCredentials>& keys,
                                 const std::string& region) const {
    net::HttpRequest result{.method = request.method,
                            .url = target(request, region),
                            .headers = request.headers,
                            .body_bytes = request.body_bytes,
                            .read_body = request.read_body};
    if (const auto range = net::find_header(request.headers, "Range")) {
        result.on_head = [this, asked = std::string{*range}](const net::HttpResponse& head) {
            if (head.status < 300 && !keeps_range(asked, head))
                throw Error{errors::bad_answer,
                            fmt::format("{} answered with another part of a value than was asked for", quoted(shown_))};
        };
    }
    if (!keys) return result;
    const auto digest = request.body_digest.value_or(hash::sha256({}));
    net::sign(result, keys->keys, net::s3_scope(region), runtime_.clock.now(), digest.hex());
    return result;
}

bool S3Client::learn_region(const S3Answer& answer, const std::string& used) {
    if (answer.is_ok()) return false;
    std::string told{net::find_header(answer.headers, "x-amz-bucket-region").value_or("")};
    if (told.empty() && answer.code == "AuthorizationHeaderMalformed")
        told = net::XmlDocument{answer.details, shown_}.root().child_text("Region");
    if (told == used || !is_host_label(told)) return false;
    const std::scoped_lock lock{mutex_};
    region_ = told;
    return true;
}

bool S3Client::find_reason(const S3Request& request, S3Answer& answer) {
    constexpr int not_found = 404;
    constexpr int range_not_satisfiable = 416;
    auto reason =
        send({.method = "GET", .key = request.key, .headers = {{"Range", "bytes=0-0"}}, .doing = request.doing});
    if (reason.is_ok() || reason.status == not_found || reason.status == range_not_satisfiable) return false;
    answer = std::move(reason);
    return true;
}

S3Answer S3Client::send(const S3Request& request, const std::function<void(ByteView)>& sink) {
    for (int attempt = 1;; ++attempt) {
        runtime_.check_stop();
        const auto keys = credentials();
        const auto used = region();
        auto sent = build(request, keys, used);
        ++traffic_.requests;
        auto response = transport_->send(sent, sink);
        S3Answer answer{.status = response.status, .headers = std::move(response.headers)};
        if (answer.is_ok()) return answer;
        read_s3_error(answer, response.error_body);
        const bool may_repeat = attempt < 3;
        if (may_repeat && learn_region(answer, used)) continue;
        const bool is_mute = request.method == "HEAD" && (answer.status == 400 || answer.status == 403);
        if (is_mute && !find_reason(request, answer) && may_repeat) continue;
        if (may_repeat && keys && is_expired(answer.code)) {
            provider_->refuse(*keys);
            continue;
        }
        return answer;
    }
}

S3Answer S3Client::send_for_xml(const S3Request& request, std::size_t limit_bytes) {
    std::string xml;
    auto answer = send(request, [&](ByteView bytes) {
        if (bytes.size() > limit_bytes - xml.size())
            throw Error{errors::bad_answer, fmt::format("{} answered more than the {} that were expected",
                                                        quoted(shown_), format_bytes(limit_bytes))};
        xml += as_text(bytes);
    });
    if (answer.is_ok()) read_s3_error(answer, xml);
    return answer;
}

Error S3Client::error(const S3Request& request, const S3Answer& answer) {
    auto doing = std::string{request.doing};
    if (!request.key.empty())
        doing += " " + quoted(std::string_view{request.key}.substr(std::min(url_.prefix.size(), request.key.size())));
    return to_error(answer, {.place = shown_,
                             .bucket = url_.bucket,
                             .doing = doing,
                             .credentials = whose_credentials(),
                             .may_show = may_show_,
                             .now = runtime_.clock.now()});
}

}  // namespace mlo::remote
