// SPDX-License-Identifier: Apache-2.0
#include "result_cache.hpp"

#include <fmt/format.h>

#include <mlo/pipeline/remote_results.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <vector>

#include "context.hpp"
#include "tracking.hpp"
#include "transfers.hpp"

namespace mlo::cli {

class ResultCache::Parts {
public:
    Parts(Context& ctx, AskRemote ask) : ctx_{ctx}, ask_{ask} {
        const auto set = ctx.config().text("cache.remote");
        reads_ = ask == AskRemote::now || (set && ctx.config().boolean("cache.read"));
        writes_ = set && ctx.config().boolean("cache.write");
        if (!reads_ && !writes_) return;
        TransferOptions options;
        options.remote = set;
        transfer_.emplace(ctx, options);
    }

    void pull() {
        if (!reads_) return;
        attempt("got from", ask_, [&] {
            Tracking tracking{ctx_};
            const auto report = pipeline::fetch_results(transfer_->peer(), tracking.ledger());
            if (!report.events.empty() || report.bodies > 0) tracking.archive().catch_up(track::Unread::retry);
        });
    }

    [[nodiscard]] bool reads() const noexcept { return reads_; }

    void fetch(std::span<const store::ObjectRef> objects) {
        const std::scoped_lock lock{mutex_};
        std::vector<sync::NamedRef> absent;
        for (const auto& object : objects) {
            if (!sync::is_complete(transfer_->peer().store, object))
                absent.push_back({.name = object.id.to_string(), .object = object});
        }
        if (absent.empty()) return;
        try {
            for (const auto& failure : sync::fetch(transfer_->peer(), absent).failures) log(failure.error);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::internal) throw;
            log(error);
        }
    }

    void push() {
        if (!writes_) return;
        attempt("sent to", AskRemote::as_set, [&] {
            Tracking tracking{ctx_};
            const auto report = pipeline::push_results(transfer_->peer(), tracking.ledger());
            for (const auto& failure : report.failures) ctx_.out().warning(failure.error.message());
        });
    }

private:
    void attempt(std::string_view what, AskRemote ask, const std::function<void()>& step) {
        try {
            step();
        } catch (const Error& error) {
            if (ask == AskRemote::now || error.kind() == ErrorKind::internal) throw;
            ctx_.out().warning(
                fmt::format("results could not be {} {}: {}", what, quoted(transfer_->remote().name), error.message()));
        }
    }

    void log(const Error& error) {
        ctx_.runtime().log.log(LogLevel::warning, fmt::format("an earlier result cannot be had: {}", error.message()));
    }

    Context& ctx_;
    AskRemote ask_;
    bool reads_ = false;
    bool writes_ = false;
    std::optional<Transfer> transfer_;
    std::mutex mutex_;
};

ResultCache::ResultCache(Context& ctx, AskRemote ask) : parts_{std::make_unique<Parts>(ctx, ask)} {}
ResultCache::~ResultCache() = default;

void ResultCache::pull() { parts_->pull(); }

std::function<void(std::span<const store::ObjectRef>)> ResultCache::fetcher() {
    if (!parts_->reads()) return {};
    return [this](std::span<const store::ObjectRef> objects) { parts_->fetch(objects); };
}

void ResultCache::push() { parts_->push(); }

}  // namespace mlo::cli
