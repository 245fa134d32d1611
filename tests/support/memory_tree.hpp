// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <string>

namespace mlo::test {

/// A folder's files as text by path: "file" or "program" and the bytes, "link" and the target, "folder".
using TreeText = std::map<std::string, std::string>;

/// Reads all below `dir`. Temporary files (`.mlo-*.tmp`) are left out: a killed command may leave them.
inline void read_tree(Dir& dir, const std::string& prefix, TreeText& into) {
    for (const auto& entry : dir.list()) {
        if (entry.name.ends_with(".tmp")) continue;
        const auto path = path::join(prefix, entry.name);
        if (entry.kind == FileKind::symlink) {
            into[path] = "link " + dir.read_link(entry.name);
        } else if (entry.kind == FileKind::directory) {
            into[path] = "folder";
            read_tree(*dir.open_dir(entry.name), path, into);
        } else {
            const bool program = (dir.stat(entry.name)->mode & 0100u) != 0;
            into[path] = (program ? "program " : "file ") + read_file(dir, entry.name, 1u << 30);
        }
    }
}

/// Makes in `dir` what read_tree would give.
inline void make_tree(Dir& dir, const TreeText& tree) {
    for (const auto& [path, text] : tree) {
        const auto parent = dir.open_dir(path::parent(path));
        const auto name = path::name(path);
        const std::string_view kind{text.data(), std::min(text.find(' '), text.size())};
        const auto rest = text.substr(std::min(kind.size() + 1, text.size()));
        if (kind == "folder")
            parent->make_dir(name);
        else if (kind == "link")
            parent->make_symlink(rest, name);
        else
            parent->create(name, kind == "program" ? 0777u : 0666u)->write(std::as_bytes(std::span{rest}));
    }
}

}  // namespace mlo::test
