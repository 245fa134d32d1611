// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlo {
class Dir;
}

namespace mlo::workspace {

/// The file of patterns that add and status obey, in any folder. Syntax and meaning are those of .gitignore.
inline constexpr std::string_view ignore_file_name = ".mloignore";

enum class PathKind : std::uint8_t { file, folder };

/// True if `text` matches the shell pattern `pattern` as git's wildmatch does: `*` and `?` stop at '/', `**` as a whole
/// component crosses it, `[...]` with ranges, `!`/`^` and [:classes:], a backslash takes the next byte literally.
/// Linear in practice and bounded: a pattern costs at most size(pattern) x size(text) steps.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

/// One line of an ignore file.
struct IgnorePattern {
    std::string text;           ///< as written, for messages
    std::string glob;           ///< without '!', leading and trailing '/'
    std::uint32_t line = 0;     ///< counts from 1
    bool negated = false;       ///< '!': what matches is not ignored
    bool folders_only = false;  ///< ended in '/'
    bool anchored =
        false;  ///< holds a '/': matched against the path from the file's folder, else against the last name
    std::size_t literal_prefix = 0;  ///< bytes of `glob` before its first special character
};

/// The patterns of one ignore file, in order.
[[nodiscard]] std::vector<IgnorePattern> parse_ignore_patterns(std::string_view text);

/// The rules in force in one folder: those of its ignore file and of every folder above it. Immutable and shared; null
/// stands for "no rules". Thread-safe.
class IgnoreRules {
public:
    using Pointer = std::shared_ptr<const IgnoreRules>;

    /// `above` with the patterns of `text`, the file `file` (its path for messages), which lies in `folder` (path in
    /// the workspace).
    [[nodiscard]] static Pointer extend(Pointer above, std::string_view folder, std::string_view file,
                                        std::string_view text);
    /// `above` with the ignore file of the open folder `dir`, if there is one.
    [[nodiscard]] static Pointer extend(Pointer above, std::string_view folder, Dir& dir,
                                        std::string_view file_name = ignore_file_name);

    struct Match {
        const IgnorePattern* pattern =
            nullptr;            ///< the last that matches; null if none does. Lives as long as the rules.
        std::string_view file;  ///< that it stands in
        [[nodiscard]] bool ignored() const noexcept { return pattern != nullptr && !pattern->negated; }
    };
    /// What the rules say of `path` alone (in the workspace). The caller has asked about each folder above it before:
    /// nothing below an ignored folder can be taken back.
    [[nodiscard]] Match match(std::string_view path, PathKind kind) const;

    /// What extend() makes, without parsing.
    IgnoreRules(Pointer above, std::string_view folder, std::string_view file, std::vector<IgnorePattern> patterns)
        : above_{std::move(above)}, folder_{folder}, file_{file}, patterns_{std::move(patterns)} {}

private:
    Pointer above_;
    std::string folder_;
    std::string file_;
    std::vector<IgnorePattern> patterns_;
};

/// What the rules in force at `path` (at the root and in each folder on the way) say of it, an ignored folder above it
/// included.
struct IgnoreVerdict {
    bool ignored = false;
    bool matched = false;  ///< some pattern matched, the following say which
    std::string file;
    std::uint32_t line = 0;
    std::string pattern;
};
[[nodiscard]] IgnoreVerdict check_ignored(Dir& root, std::string_view path, PathKind kind,
                                          std::string_view file_name = ignore_file_name);

}  // namespace mlo::workspace
