// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/remote/surroundings.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <string_view>

namespace mlo::remote {

struct S3Answer;

/// What is known of a request that failed.
struct S3Failure {
    std::string_view place;  ///< the remote, as messages show it
    std::string_view bucket;
    std::string_view doing;   ///< "read 'format'"
    std::string credentials;  ///< whose they were; empty: none were shown
    ShowCredentials may_show = ShowCredentials::yes;
    Timestamp now;  ///< by the clock of this machine
};

/// Takes code and message out of the XML of an error, if it is some. Never throws for what is not.
void read_s3_error(S3Answer& answer, std::string_view xml);

/// True for codes that say that temporary credentials have expired.
[[nodiscard]] bool is_expired(std::string_view code) noexcept;

/// The answer as an Error: of kind network where asking again may help, else by what the server said.
[[nodiscard]] Error to_error(const S3Answer& answer, const S3Failure& failure);

}  // namespace mlo::remote
