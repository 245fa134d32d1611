// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <mlo/net/http.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <span>
#include <string>
#include <string_view>

namespace mlo::net {

/// One request under way: what becomes of the pieces of its answer, and where those of its body come from. Knows
/// nothing of libcurl. Everything but the constructor may throw; the exception belongs into `failure`.
class Transfer {
public:
    static constexpr std::size_t max_header_bytes = 256 * 1024;

    /// Everything must outlive the object. `endpoint` is how messages name the other side.
    Transfer(const HttpRequest& request, const std::function<void(ByteView)>& sink, const HttpOptions& options,
             const Runtime& runtime, std::string endpoint);

    /// One line of the answer's head, or of one before it (100 Continue), or of its trailer.
    void take_header_line(std::string_view line);
    enum class Wanted : std::uint8_t { more, enough };
    [[nodiscard]] Wanted take_body(ByteView bytes);
    /// The next bytes of the request's body; 0 at its end.
    [[nodiscard]] std::size_t give_body(std::span<std::byte> into);
    void rewind_body(std::uint64_t offset) noexcept { body_offset_ = offset; }
    /// Throws interrupted, stalled. `moved_bytes` is what went over the wire so far, in both directions.
    void check(std::uint64_t moved_bytes);

    /// True if a status and all headers of an answer are there.
    [[nodiscard]] bool has_head() const noexcept { return is_head_complete_; }
    [[nodiscard]] int status() const noexcept { return response_.status; }
    /// True if take_body() had enough.
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
    [[nodiscard]] bool is_body_sent() const noexcept { return body_offset_ >= request_->body_bytes.value_or(0); }
    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] HttpResponse take_response() noexcept { return std::move(response_); }

    /// What a callback threw. C code is between it and those who want to know.
    std::exception_ptr failure{};

private:
    void note_activity() { last_activity_ = runtime_->clock.elapsed(); }

    const HttpRequest* request_;
    const std::function<void(ByteView)>* sink_;
    const Runtime* runtime_;
    std::chrono::seconds stall_timeout_;
    std::string endpoint_;
    HttpResponse response_;
    std::size_t header_bytes_ = 0;
    bool is_head_complete_ = false;
    bool is_cut_ = false;  ///< the answer of a refusal was longer than what is kept of it
    std::uint64_t body_offset_ = 0;
    std::uint64_t moved_bytes_ = 0;
    std::chrono::nanoseconds last_activity_;
};

}  // namespace mlo::net
