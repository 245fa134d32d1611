// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <system_error>

namespace mlo {

Error& Error::at(std::string place) & {
    if (place_.empty()) place_ = std::move(place);
    return *this;
}

Error& Error::note(std::string text) & {
    notes_.push_back(std::move(text));
    return *this;
}

Error& Error::hint(std::string text) & {
    if (hint_.empty()) hint_ = std::move(text);
    return *this;
}

Error& Error::again_after(std::chrono::seconds pause) & {
    if (!again_after_) again_after_ = pause;
    return *this;
}

void assertion_failed(const char* condition, const char* file, int line) {
    throw Error{errors::assertion, fmt::format("internal check failed: {}", condition)}.at(
        fmt::format("{}:{}", file, line));
}

namespace {

const ErrorCode& code_of(int error_number) noexcept {
    switch (error_number) {
        case ENOENT:
        case ENOTDIR:
            return errors::path_not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return errors::permission_denied;
        case ENOSPC:
        case EDQUOT:
            return errors::no_space;
        case EEXIST:
        case ENOTEMPTY:
            return errors::already_exists;
        case ELOOP:
        case EXDEV:
            return errors::leads_outside;
        default:
            return errors::system_call;
    }
}

}  // namespace

void throw_system_error(int error_number, std::string_view operation, std::string_view path) {
    throw Error{code_of(error_number), fmt::format("cannot {} {}: {}", operation, quoted(path),
                                                   std::generic_category().message(error_number))};
}

std::string_view to_string(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::usage:
            return "usage";
        case ErrorKind::config:
            return "config";
        case ErrorKind::not_found:
            return "not_found";
        case ErrorKind::conflict:
            return "conflict";
        case ErrorKind::corrupt:
            return "corrupt";
        case ErrorKind::io:
            return "io";
        case ErrorKind::network:
            return "network";
        case ErrorKind::auth:
            return "auth";
        case ErrorKind::locked:
            return "locked";
        case ErrorKind::unsupported:
            return "unsupported";
        case ErrorKind::internal:
            return "internal";
    }
    return "internal";
}

}  // namespace mlo
