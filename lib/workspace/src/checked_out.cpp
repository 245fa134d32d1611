// SPDX-License-Identifier: Apache-2.0
#include "checked_out.hpp"

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/error.hpp>

namespace mlo::workspace {
namespace {
constexpr std::string_view file_name = "checked-out";
constexpr std::string_view header = "mlo checked-out 1\n";
constexpr std::uint64_t size_limit = 1u << 30;
}  // namespace

CheckedOut CheckedOut::load(Dir* private_dir) {
    CheckedOut result;
    if (private_dir == nullptr || !private_dir->stat(file_name)) return result;
    const auto content = read_file(*private_dir, file_name, size_limit);
    std::string_view rest{content};
    if (!rest.starts_with(header)) return result;
    rest.remove_prefix(header.size());
    while (true) {
        const auto space = rest.find(' ');
        const auto end = rest.find('\0');
        if (space == rest.npos || end == rest.npos || space > end) return result;
        if (const auto id = store::ObjectId::parse(rest.substr(0, space)))
            result.trees_.insert_or_assign(std::string{rest.substr(space + 1, end - space - 1)}, *id);
        rest.remove_prefix(end + 1);
    }
}

std::optional<store::ObjectId> CheckedOut::find(std::string_view path) const {
    const auto found = trees_.find(path);
    return found == trees_.end() ? std::nullopt : std::optional{found->second};
}

void CheckedOut::set(std::string_view path, const store::ObjectId& tree) {
    const auto [place, is_new] = trees_.try_emplace(std::string{path}, tree);
    if (!is_new && place->second == tree) return;
    place->second = tree;
    changed_ = true;
}

void CheckedOut::save(Dir* private_dir, const Runtime& runtime) {
    if (!changed_ || private_dir == nullptr) return;
    std::string content{header};
    for (const auto& [path, tree] : trees_) {
        content += tree.to_string() + ' ' + path;
        content.push_back('\0');
    }
    try {
        write_file_atomically(*private_dir, file_name, content, 0666, runtime.random);
    } catch (const Error& error) {
        runtime.log.log(LogLevel::warning, "cannot record what was checked out: " + error.message());
    }
    changed_ = false;
}

}  // namespace mlo::workspace
