// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/net/aws_credentials.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/util/errors.hpp>

#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::chrono::minutes renew_before_expiry{5};
constexpr std::chrono::minutes pause_between_attempts{1};

bool is_same(const AwsCredentials& a, const AwsCredentials& b) {
    return a.keys.access_key_id == b.keys.access_key_id &&
           a.keys.secret_access_key.reveal() == b.keys.secret_access_key.reveal() &&
           a.keys.session_token.reveal() == b.keys.session_token.reveal();
}

}  // namespace

AwsCredentialProvider::AwsCredentialProvider(AwsSources sources, const Runtime& runtime, AwsTransports transports)
    : sources_{std::move(sources)}, runtime_{runtime}, transports_{transports} {}

std::optional<AwsCredentials> AwsCredentialProvider::get() {
    const auto failures_before = failures_.load();
    const auto now = runtime_.clock.now();
    const std::lock_guard guard{mutex_};
    if (is_known_ && !is_refused_ && now < renew_at_) return current_;
    // Somebody asked while this thread waited, and failed: that is the answer to this question too.
    if (failures_.load() != failures_before) throw Error{*failure_};
    renew();
    return current_;
}

void AwsCredentialProvider::refuse(const AwsCredentials& refused) {
    const std::lock_guard guard{mutex_};
    if (current_ && is_same(*current_, refused)) is_refused_ = true;
}

void AwsCredentialProvider::renew() {
    const auto now = runtime_.clock.now();
    try {
        const AwsProfiles profiles{sources_, runtime_.fs};
        auto found = find_credentials({sources_, profiles, runtime_, transports_});
        auto renew_at = Timestamp::max();
        if (found && found->credentials.expires) {
            const auto& expires = *found->credentials.expires;
            if (expires <= now && !found->may_outlive_expiry) {
                throw Error{errors::aws_expired,
                            "the AWS credentials of " + found->credentials.origin + " have expired"}
                    .note("they were valid until " + to_rfc3339(expires) + ", and the clock here says " +
                          to_rfc3339(now))
                    .hint("renew them where they come from; if the clock is wrong, set it");
            }
            // A source that keeps what it gave until the end is not asked at every request of the last minutes.
            renew_at = std::max(expires - renew_before_expiry, now + pause_between_attempts);
            if (expires > now) renew_at = std::min(renew_at, expires);
        }
        if (!found && current_)
            throw Error{errors::aws_unavailable, current_->origin + " gives no AWS credentials any more"};
        current_.reset();
        if (found) current_ = std::move(found->credentials);
        renew_at_ = renew_at;
        is_known_ = true;
        is_refused_ = false;
    } catch (const Error& error) {
        const bool is_still_valid = current_ && !is_refused_ && current_->expires && now < *current_->expires;
        if (!is_still_valid || &error.code() == &mlo::errors::interrupted) {
            failure_ = error;
            ++failures_;
            throw;
        }
        runtime_.log.log(LogLevel::warning, "cannot renew the AWS credentials, which are valid until " +
                                                to_rfc3339(*current_->expires) + ": " + error.message());
        renew_at_ = std::min(now + pause_between_attempts, *current_->expires);
    }
}

}  // namespace mlo::net
