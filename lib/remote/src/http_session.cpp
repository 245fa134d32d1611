// SPDX-License-Identifier: Apache-2.0
#include "http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/uri.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/util/text.hpp>

#include "http_access.hpp"
#include "proxy.hpp"

namespace mlo::remote {
namespace {

constexpr int most_redirects = 5;
constexpr int unauthorized = 401;

bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

HttpSession::HttpSession(HttpPlace place, const Surroundings& surroundings, const Runtime& runtime)
    : place_{std::move(place)},
      runtime_{runtime},
      traffic_{surroundings.traffic},
      variables_{surroundings.variables},
      settings_{surroundings.http},
      shown_{place_.shown()},
      credentials_{place_, access_for(surroundings.http, place_.origin()), surroundings, runtime} {
    static_cast<void>(transport_for(place_.server));
}

net::HttpTransport& HttpSession::transport_for(const net::HttpUrl& target) {
    const auto origin = target.origin();
    const std::scoped_lock lock{mutex_};
    auto& transport = transports_[origin];
    if (transport) return *transport;
    const auto access = access_for(settings_, origin);
    net::HttpOptions options{.ca_file = access.ca_file,
                             .proxy = proxy_for(target.scheme, variables_),
                             .no_proxy = unproxied_hosts(variables_),
                             .user_agent = "mlo"};
    if (origin == place_.origin() && credentials_.may_show() == ShowCredentials::yes) {
        options.client_certificate = access.client_certificate;
        options.client_key = access.client_key;
    }
    transport = net::make_http_client(std::move(options), runtime_);
    return *transport;
}

std::string HttpSession::url_of(std::string_view path) const {
    return place_.origin() + place_.path + net::percent_encode(path, net::Slash::keep);
}

net::HttpResponse HttpSession::send_once(const HttpCall& call, const net::HttpUrl& target, const std::string& url,
                                         const std::function<void(ByteView)>& sink) {
    auto& transport = transport_for(target);
    const bool is_own = target.origin() == place_.origin();
    for (;;) {
        runtime_.check_stop();
        net::HttpRequest request{.method = call.method,
                                 .url = url,
                                 .headers = call.headers,
                                 .body_bytes = call.body_bytes,
                                 .read_body = call.read_body};
        request.on_head = [&call](const net::HttpResponse& head) {
            if (call.on_head && head.status < 300) call.on_head(head);
        };
        const WipeAtEnd wipe_at_end{request.headers};
        std::uint32_t used = 0;
        if (is_own) credentials_.add_to(request.headers, used);
        ++traffic_.requests;
        auto response = transport.send(request, sink);
        if (runtime_.log.enabled(LogLevel::debug))
            runtime_.log.log(LogLevel::debug, fmt::format("{} {} at {}: {}", call.method, quoted(call.path),
                                                          quoted(target.endpoint()), response.status));
        if (!is_own) return response;
        if (response.status != unauthorized) {
            if (response.status < 400) credentials_.accepted(used);
            return response;
        }
        if (!credentials_.replace(response.headers, used)) return response;
    }
}

std::string HttpSession::next_target(const HttpCall& call, const net::HttpUrl& from, const net::HttpResponse& answer,
                                     int redirects) const {
    const auto refuse = [&](std::string_view why) {
        return Error{errors::redirected, fmt::format("could not {} in {}: {}", call.doing, quoted(shown_), why)}.note(
            fmt::format("the server said: {}", answer.status));
    };
    std::string url;
    try {
        url = net::resolve_url(from, net::find_header(answer.headers, "Location").value_or(""));
    } catch (const Error&) {
        throw refuse("the server sends the request to what is no URL of HTTP");
    }
    // The path of another server may hold a secret: what is shown is where it is.
    const auto next = net::split_url(url);
    const auto shown = next.origin() == place_.origin() ? next.origin() + next.path : next.origin();
    if (call.intent == Intent::write || answer.status == 303)
        throw refuse(fmt::format("the server sends the request to {}", quoted(shown)))
            .hint("put the final address into the URL: mlo remote add");
    if (from.scheme == "https" && next.scheme != "https")
        throw refuse(fmt::format("the server sends the request to {}, which is not encrypted", quoted(shown)));
    if (redirects == most_redirects)
        throw refuse(fmt::format("the server sends the request elsewhere more than {} times", most_redirects));
    return url;
}

HttpAnswer HttpSession::send(const HttpCall& call, const std::function<void(ByteView)>& sink) {
    auto url = url_of(call.path);
    for (int redirects = 0;; ++redirects) {
        const auto target = net::split_url(url);
        auto response = send_once(call, target, url, sink);
        HttpAnswer answer{
            .status = response.status, .headers = response.headers, .error_body = std::move(response.error_body)};
        if (!is_redirect(answer.status)) return answer;
        url = next_target(call, target, response, redirects);
        const auto next = net::split_url(url);
        // Servers write paths in their own way.
        answer.is_folder = !target.path.ends_with('/') && next.origin() == target.origin() &&
                           net::percent_decode(next.path) == net::percent_decode(target.path) + "/";
        if (answer.is_folder) return answer;
    }
}

Error HttpSession::error(const HttpCall& call, const HttpAnswer& answer) {
    return to_error(answer, {.place = shown_,
                             .doing = call.doing,
                             .intent = call.intent,
                             .credentials = credentials_.whose(),
                             .may_show = credentials_.may_show(),
                             .now = runtime_.clock.now()});
}

}  // namespace mlo::remote
