// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/sparse.hpp>

namespace mlo::workspace {
namespace {

constexpr std::string_view file_name = "sparse";
constexpr std::string_view header = "mlo sparse 1\n";
constexpr std::uint64_t size_limit = 1u << 20;

}  // namespace

SparseSet::SparseSet(std::vector<std::string> patterns) : patterns_{std::move(patterns)} {
    std::string text;
    for (const auto& pattern : patterns_) {
        constexpr std::string_view forbidden{"\n\0", 2};
        // One line must yield one rule: a comment, a blank or a lone '/' would silently change what is in.
        const auto rules = parse_ignore_patterns(pattern);
        if (pattern.find_first_of(forbidden) != pattern.npos || rules.size() != 1 || rules.front().glob.empty())
            throw Error{errors::bad_sparse_pattern, quoted(pattern) + " is no sparse pattern"}.hint(
                "mlo checkout --sparse 'data/train/'");
        text += pattern + '\n';
    }
    if (!patterns_.empty()) rules_ = IgnoreRules::extend(nullptr, "", "sparse", text);
}

bool SparseSet::includes(std::string_view path) const {
    if (everything()) return true;
    // From the path itself upwards: the rule that names the nearest decides, as for git's sparse checkout.
    auto kind = PathKind::file;
    for (auto at = path; !at.empty(); at = path::parent(at), kind = PathKind::folder)
        if (const auto match = rules_->match(at, kind); match.pattern != nullptr) return !match.pattern->negated;
    return false;
}

bool SparseSet::includes_folder(std::string_view path) const {
    if (everything()) return true;
    for (auto at = path; !at.empty(); at = path::parent(at))
        if (const auto match = rules_->match(at, PathKind::folder); match.pattern != nullptr)
            return !match.pattern->negated;
    return false;
}

SparseSet SparseSet::load(Dir* private_dir) {
    if (private_dir == nullptr || !private_dir->stat(file_name)) return {};
    const auto content = read_file(*private_dir, file_name, size_limit);
    std::string_view text{content};
    if (!text.starts_with(header) || !text.ends_with('\n'))
        throw Error{errors::sparse_file_invalid,
                    quoted(path::join(private_dir->path(), file_name)) + " is no record of sparse patterns"}
            .hint("mlo checkout --no-sparse");
    text.remove_prefix(header.size());
    std::vector<std::string> patterns;
    if (!text.empty()) patterns = split(text.substr(0, text.size() - 1), '\n');
    return SparseSet{std::move(patterns)};
}

void SparseSet::save(Dir& private_dir, Random& random) const {
    if (everything()) {
        if (!private_dir.stat(file_name)) return;
        private_dir.remove(file_name);
        private_dir.sync();
        return;
    }
    write_file_atomically(private_dir, file_name, fmt::format("{}{}\n", header, fmt::join(patterns_, "\n")), 0666,
                          random);
}

}  // namespace mlo::workspace
