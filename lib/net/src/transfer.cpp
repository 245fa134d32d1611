// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::net {
namespace {

/// 200 of "HTTP/1.1 200 OK"; 0 if there is none.
int status_of(std::string_view line) noexcept {
    line.remove_prefix(std::min(line.find(' '), line.size()));
    while (line.starts_with(' ')) line.remove_prefix(1);
    int status = 0;
    std::from_chars(line.data(), line.data() + line.size(), status);
    return status;
}

}  // namespace

Transfer::Transfer(const HttpRequest& request, const std::function<void(ByteView)>& sink, const HttpOptions& options,
                   const Runtime& runtime, std::string endpoint)
    : request_{&request},
      sink_{&sink},
      runtime_{&runtime},
      stall_timeout_{options.stall_timeout},
      endpoint_{std::move(endpoint)},
      last_activity_{runtime.clock.elapsed()} {}

void Transfer::take_header_line(std::string_view line) {
    note_activity();
    header_bytes_ += line.size();
    if (header_bytes_ > max_header_bytes)
        throw Error{errors::bad_answer, fmt::format("{} answers with more than {} KiB of headers", quoted(endpoint_),
                                                    max_header_bytes / 1024)};
    if (line.starts_with("HTTP/")) {
        response_ = HttpResponse{.status = status_of(line)};
        is_head_complete_ = false;
        return;
    }
    if (is_head_complete_) return;  // a trailer
    const auto text = trim(line);
    if (text.empty()) {
        is_head_complete_ = response_.status >= 200;
        if (is_head_complete_ && request_->on_head) request_->on_head(response_);
    } else if ((line.front() == ' ' || line.front() == '\t') && !response_.headers.empty()) {
        response_.headers.back().value.append(" ").append(text);
    } else if (const auto colon = text.find(':'); colon != text.npos) {
        response_.headers.push_back(
            {std::string{trim(text.substr(0, colon))}, std::string{trim(text.substr(colon + 1))}});
    }
}

Transfer::Wanted Transfer::take_body(ByteView bytes) {
    if (response_.status >= 200 && response_.status < 300) {
        if (*sink_) (*sink_)(bytes);
    } else {
        auto& kept = response_.error_body;
        const auto room = HttpResponse::max_error_bytes - kept.size();
        kept.append(as_text(bytes.first(std::min(room, bytes.size()))));
        is_cut_ = bytes.size() > room;
    }
    note_activity();
    return is_cut_ ? Wanted::enough : Wanted::more;
}

std::size_t Transfer::give_body(std::span<std::byte> into) {
    const auto left = request_->body_bytes.value_or(0) - body_offset_;
    if (left == 0) return 0;
    const auto wanted = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size())));
    const auto count = request_->read_body(wanted, body_offset_);
    MLO_ASSERT(count <= wanted.size());
    if (count == 0)
        throw Error{errors::body_ended, fmt::format("the body of a request to {} ends at byte {} of {}",
                                                    quoted(endpoint_), body_offset_, *request_->body_bytes)};
    body_offset_ += count;
    note_activity();
    return count;
}

void Transfer::check(std::uint64_t moved_bytes) {
    runtime_->check_stop();
    if (moved_bytes != std::exchange(moved_bytes_, moved_bytes)) note_activity();
    if (runtime_->clock.elapsed() - last_activity_ > stall_timeout_)
        throw Error{errors::stalled,
                    fmt::format("{} sent and took nothing for {} s", quoted(endpoint_), stall_timeout_.count())};
}

}  // namespace mlo::net
