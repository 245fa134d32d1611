// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/store/object_id.hpp>
#include <mlo/table/session.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "args.hpp"

/// What the commands about tables have in common.
namespace mlo::cli {

class Context;

/// How tables are to be read.
struct TableOptions {
    table::Format format = table::Format::automatic;
    std::string delimiter;
    std::string quote;
    table::Header header = table::Header::automatic;
    std::string encoding;
    std::string types_file;
    std::string sqlite_table;
    bool joins_by_name = false;
    std::string sample_rows;
    std::optional<ByteSize> memory;
    std::optional<std::uint32_t> jobs;
    std::string folder;  ///< that names are seen from; empty: the current one
};
/// A name of a file or folder among those of `o`: absolute.
[[nodiscard]] std::string place_of(Context& ctx, const TableOptions& o, const std::string& name);
/// What -h says of these options; it names those of a command that is about something else.
enum class TableHelp : std::uint8_t { full, names };
void declare_tables(Args& args, TableOptions& o, TableHelp help = TableHelp::full);

/// Where the engine of tables is: beside this program, as both were installed.
[[nodiscard]] table::EnginePlace engine_place(Context& ctx);

/// One table of all that `names` name: files, folders, patterns, '-' for standard input, and versions of tracked data:
/// DATA@REV, DATA@REV:PATH, REV:PATH.
[[nodiscard]] table::Source table_source(Context& ctx, std::string name, std::span<const std::string> names,
                                         const TableOptions& o);
/// The object that a name of tracked data means, if it names a version.
[[nodiscard]] std::optional<store::ObjectId> version_id(Context& ctx, const std::string& name, const TableOptions& o);
[[nodiscard]] table::Session open_tables(Context& ctx, std::vector<table::Source> sources, const TableOptions& o);

}  // namespace mlo::cli
