// SPDX-License-Identifier: Apache-2.0
#include "rwlock_table.hpp"

#include <fmt/format.h>

#include <mlo/dvc/errors.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

constexpr std::string_view file_name = "rwlock";
constexpr std::uint64_t file_limit = std::uint64_t{1} << 28;

RwlockTable::Owner to_owner(const Value& value) {
    value.allow_only({"pid", "cmd"});
    return {value.get("pid").as_integer(), std::string{value.get("cmd").as_string()}};
}

RwlockTable to_table(std::string_view text, std::string_view file) {
    RwlockTable table;
    const auto document = json::parse(text, file, {.size_bytes = file_limit, .nodes = 20'000'000});
    const auto root = document.root();
    root.allow_only({"write", "read"});
    if (const auto write = root.find("write"))
        for (const auto& member : write->members()) table.write.emplace(member.name(), to_owner(member.value));
    if (const auto read = root.find("read"))
        for (const auto& member : read->members())
            for (const auto& owner : member.value.items())
                table.read[std::string{member.name()}].push_back(to_owner(owner));
    return table;
}

void write_owner(json::Writer& writer, const RwlockTable::Owner& owner) {
    writer.begin_object().key("pid").integer(owner.pid).key("cmd").string(owner.command).end_object();
}

}  // namespace

RwlockTable RwlockTable::load(Dir& folder) {
    if (!folder.stat(file_name)) return {};
    const auto text = read_file(folder, file_name, file_limit);
    if (text.find_first_not_of('\0') == text.npos) return {};
    const auto file = path::join(folder.path(), file_name);
    try {
        return to_table(text, file);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        throw Error{errors::rwlock_broken, fmt::format("{} does not say who uses which path", quoted(file))}
            .at(error.place())
            .note(error.message())
            .hint(fmt::format("when no DVC is running here: rm {}", file));
    }
}

void RwlockTable::save(Dir& folder, Random& random) const {
    std::string text;
    json::Writer writer{text, json::Layout::compact};
    writer.begin_object();
    if (!write.empty()) {
        writer.key("write").begin_object();
        for (const auto& [path, owner] : write) {
            writer.key(path);
            write_owner(writer, owner);
        }
        writer.end_object();
    }
    if (!read.empty()) {
        writer.key("read").begin_object();
        for (const auto& [path, owners] : read) {
            writer.key(path).begin_array();
            for (const auto& owner : owners) write_owner(writer, owner);
            writer.end_array();
        }
        writer.end_object();
    }
    writer.end_object();
    const auto temporary = temporary_name("mlo", random);
    try {
        folder.create(temporary, 0666)->write(as_bytes(text));
        folder.rename(temporary, folder, file_name, Replace::yes);
    } catch (const Error&) {
        try {
            folder.remove(temporary);
        } catch (const Error&) {
            // What went wrong first is what matters; the name says whose leftover it is.
        }
        throw;
    }
}

}  // namespace mlo::dvc
