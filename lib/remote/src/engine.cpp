// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mlo/remote/engine.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

#include "gate.hpp"
#include "rate_limiter.hpp"

namespace mlo::remote {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds first_pause = 250ms;
constexpr std::chrono::nanoseconds longest_pause = 20s;
/// As long as a server's wish for a longer one is heeded: nobody can tell a wish of hours from a mistake.
constexpr std::chrono::nanoseconds longest_wish = 60s;
/// So much of a value makes an attempt one that got on.
constexpr std::uint64_t progress_bytes = 64u << 10;

/// Counts and slows down what arrives.
class MeteredSink final : public Sink {
public:
    MeteredSink(Sink& to, RateLimiter& limiter, Traffic& traffic) : to_{to}, limiter_{limiter}, traffic_{traffic} {}
    void write(ByteView bytes) override {
        while (!bytes.empty()) {
            const auto slice = bytes.first(std::min<std::uint64_t>(bytes.size(), limiter_.slice_bytes()));
            limiter_.pass(slice.size());
            to_.write(slice);
            arrived_ += slice.size();
            traffic_.received_bytes += slice.size();
            bytes = bytes.subspan(slice.size());
        }
    }
    [[nodiscard]] std::uint64_t arrived_bytes() const noexcept { return arrived_; }

private:
    Sink& to_;
    RateLimiter& limiter_;
    Traffic& traffic_;
    std::uint64_t arrived_ = 0;
};

/// Counts and slows down what is sent.
class MeteredSource final : public Source {
public:
    MeteredSource(Source& from, RateLimiter& limiter, Traffic& traffic)
        : from_{from}, limiter_{limiter}, traffic_{traffic} {}
    std::uint64_t size_bytes() const override { return from_.size_bytes(); }
    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        std::size_t filled = 0;
        while (filled < into.size()) {
            const auto wanted = std::min<std::uint64_t>(into.size() - filled, limiter_.slice_bytes());
            const auto count = from_.read(into.subspan(filled, wanted), offset + filled);
            if (count == 0) break;
            limiter_.pass(count);
            traffic_.sent_bytes += count;
            filled += count;
        }
        return filled;
    }
    std::size_t peek(std::span<std::byte> into, std::uint64_t offset) override { return from_.peek(into, offset); }
    /// Shared blocks are not sent, and cannot be slowed down.
    File* file() noexcept override { return limiter_.has_limit() ? nullptr : from_.file(); }

private:
    Source& from_;
    RateLimiter& limiter_;
    Traffic& traffic_;
};

/// Compares what arrives with a source.
class ComparingSink final : public Sink {
public:
    explicit ComparingSink(Source& source) : source_{source} {}
    void write(ByteView bytes) override {
        Bytes own(bytes.size());
        differs_ = differs_ || source_.peek(own, compared_) != own.size() ||
                   !std::equal(own.begin(), own.end(), bytes.begin());
        compared_ += bytes.size();
    }
    [[nodiscard]] bool is_same() const { return !differs_ && compared_ == source_.size_bytes(); }

private:
    Source& source_;
    std::uint64_t compared_ = 0;
    bool differs_ = false;
};

class Engine final : public Remote {
public:
    Engine(std::unique_ptr<Remote> remote, const EngineOptions& options, Traffic& traffic, const Runtime& runtime)
        : remote_{std::move(remote)},
          options_{options},
          traffic_{traffic},
          runtime_{runtime},
          gate_{options.most_requests},
          limiter_{options.bytes_per_second, runtime} {}

    void get(const Key& key, ByteRange range, Sink& sink) override {
        MeteredSink metered{sink, limiter_, traffic_};
        const auto whole = range;
        repeat("get", key.text(), [&](std::uint32_t& attempt) {
            const auto before = metered.arrived_bytes();
            range.offset = whole.offset + before;
            if (whole.size_bytes != ByteRange{}.size_bytes) range.size_bytes = whole.size_bytes - before;
            if (before > 0 && range.size_bytes == 0) return;
            try {
                remote_->get(key, range, metered);
            } catch (...) {
                if (metered.arrived_bytes() - before >= progress_bytes) attempt = 0;
                throw;
            }
        });
    }

    PutResult put(const Key& key, Source& source) override {
        MeteredSource metered{source, limiter_, traffic_};
        std::uint32_t tries = 0;
        auto result = PutResult::created;
        repeat("put", key.text(), [&](std::uint32_t&) {
            ++tries;
            result = remote_->put(key, metered);
        });
        // An attempt that seemed to fail may have arrived after all.
        if (result == PutResult::existed && tries > 1 && is_same(key, source)) result = PutResult::created;
        return result;
    }

    void replace(const Key& key, Source& source) override {
        MeteredSource metered{source, limiter_, traffic_};
        repeat("replace", key.text(), [&](std::uint32_t&) { remote_->replace(key, metered); });
    }

    std::optional<Info> stat(const Key& key) override {
        std::optional<Info> info;
        repeat("stat", key.text(), [&](std::uint32_t&) { info = remote_->stat(key); });
        return info;
    }

    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        std::optional<Key> last;
        repeat("list", prefix.text(), [&](std::uint32_t& attempt) {
            const auto start = last;
            try {
                remote_->list(prefix, [&](const Listed& listed) {
                    if (start && listed.key <= *start) return;
                    visit(listed);
                    last = listed.key;
                });
            } catch (...) {
                if (last != start) attempt = 0;
                throw;
            }
        });
    }

    void remove(const Key& key) override {
        repeat("remove", key.text(), [&](std::uint32_t&) { remote_->remove(key); });
    }

    const Traits& traits() const noexcept override { return remote_->traits(); }
    const std::string& shown() const noexcept override { return remote_->shown(); }

private:
    /// Calls `action` until it succeeds, fails for good, or has failed too often. It may set the number of attempts
    /// that it was handed back to 0.
    void repeat(std::string_view what, const std::string& key, const std::function<void(std::uint32_t&)>& action) {
        for (std::uint32_t attempt = 0;;) {
            try {
                return run_once(attempt, action);
            } catch (Error& error) {
                if (error.kind() != ErrorKind::network) throw;
                ++attempt;
                if (const auto most = has_succeeded_ ? options_.attempts : options_.first_attempts; attempt >= most)
                    throw attempt == 1 ? error : error.note(fmt::format("tried {} times", attempt));
                auto pause = random_pause(attempt);
                // On top of it: those who were sent away together do not come back together.
                if (const auto wish = error.again_after())
                    pause += std::clamp<std::chrono::nanoseconds>(*wish, 0s, longest_wish);
                runtime_.log.log(LogLevel::info,
                                 fmt::format("{} of {} again in {:.1f} s: {}", what, quoted(key),
                                             std::chrono::duration<double>{pause}.count(), error.message()));
                ++traffic_.repeated;
                runtime_.clock.sleep(pause, runtime_.stop);
                runtime_.check_stop();
            }
        }
    }

    void run_once(std::uint32_t& attempt, const std::function<void(std::uint32_t&)>& action) {
        Gate::Pass pass{gate_, runtime_.stop};
        try {
            action(attempt);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::network) pass.broke();
            throw;
        }
        pass.succeeded();
        has_succeeded_ = true;
    }

    /// Anything from nothing to a bound that doubles with each attempt.
    std::chrono::nanoseconds random_pause(std::uint32_t attempt) {
        auto bound = first_pause;
        for (std::uint32_t i = 1; i < attempt && bound < longest_pause; ++i) bound *= 2;
        std::uint64_t random = 0;
        runtime_.random.fill(std::as_writable_bytes(std::span{&random, 1}));
        const auto fraction = static_cast<double>(random >> 11) * 0x1p-53;
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::min(bound, longest_pause) * fraction);
    }

    /// Whether the value at `key` is what an earlier attempt left there.
    bool is_same(const Key& key, Source& source) {
        const auto info = stat(key);
        if (!info || info->size_bytes != source.size_bytes()) return false;
        ComparingSink sink{source};
        get(key, {}, sink);
        return sink.is_same();
    }

    std::unique_ptr<Remote> remote_;
    EngineOptions options_;
    Traffic& traffic_;
    Runtime runtime_;
    Gate gate_;
    RateLimiter limiter_;
    std::atomic<bool> has_succeeded_ = false;
};

}  // namespace

std::unique_ptr<Remote> with_engine(std::unique_ptr<Remote> remote, const EngineOptions& options, Traffic& traffic,
                                    const Runtime& runtime) {
    return std::make_unique<Engine>(std::move(remote), options, traffic, runtime);
}

}  // namespace mlo::remote
