// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mlo::remote {

/// A remote's URL, taken apart as far as all schemes agree.
struct Url {
    std::string scheme;     ///< lower case; "file" for a path too
    std::string authority;  ///< what stands between '//' and the next '/', as written; empty without '//'
    std::string path;       ///< the rest; of a path that was written as such, all of it, decoded
    bool is_path = false;   ///< written as a path, not as a URL
    bool is_scp = false;    ///< written as [user@]host:path: the scheme is ssh, and the path is not encoded
};

/// Takes `text` apart. It is a path unless a colon stands before its first slash; './a:b' is a path too. With "//"
/// behind the colon it is a URL, else [user@]host:path, as scp and git have it. Throws bad_url (empty, a NUL or a line
/// break, a host of one letter, which looks like a drive), secret_in_url; neither message repeats the secret.
[[nodiscard]] Url parse_url(std::string_view text);

/// `text` with %XX replaced by bytes. Throws bad_url: a broken escape, or one of a NUL, a line break or a slash.
/// `shown` is what the message quotes.
[[nodiscard]] std::string percent_decode(std::string_view text, std::string_view shown);

/// What messages show of a URL: without user information, which only ssh keeps, as far as it is no password; and of the
/// query only which server it names.
[[nodiscard]] std::string without_secrets(std::string_view text);

}  // namespace mlo::remote
