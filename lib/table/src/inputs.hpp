// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mlo/table/source.hpp>
#include <mlo/util/fs.hpp>

#include "scratch.hpp"

namespace mlo::table {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// A file of a table, as it was found and as the engine gets to read it.
struct InputFile {
    std::string shown;     ///< as messages call it
    std::string original;  ///< absolute; empty for what was never a file
    std::string path;      ///< what the engine opens: `original`, a link to it, or what was made of it
    Compression compression = Compression::none;
    FileStat status;  ///< of `original` when it was found
};

struct InputFiles {
    std::vector<InputFile> files;
    Format format = Format::csv;
    bool has_partitions = false;  ///< folders on the way are called `key=value`
};

/// The files behind a source, in the order of their names, and their format. Throws nothing_matches, format_unknown,
/// table_empty.
[[nodiscard]] InputFiles find_inputs(const Source& source, Scratch& scratch, const Runtime& runtime);

/// Opens a file for reading. Symbolic links are followed: the user named them, and the engine follows them too.
[[nodiscard]] std::unique_ptr<File> open_input(const std::string& path, const Runtime& runtime);

/// The first bytes of a file that is not compressed, at most so many.
[[nodiscard]] std::string read_head(const std::string& path, std::size_t limit_bytes, const Runtime& runtime);

/// Hands out a file from its start to its end.
void for_each_block(const std::string& path, std::size_t block_bytes, const Runtime& runtime,
                    const std::function<void(std::string_view)>& sink);

/// Throws table_damaged for a file compressed with zstd that was cut off, of which the engine would read what is left.
void check_whole(const InputFile& file, const Runtime& runtime);

/// Throws table_changed if a file is not the one that was found.
void check_unchanged(const std::vector<InputFile>& files);

/// Makes a file in `scratch` of the text of `file`: in UTF-8 (from `encoding`, as iconv(3) calls it), and with line
/// ends that are all alike, those within quotes apart. Throws encoding_wrong with the line, encoding_unknown.
enum class MendLines : std::uint8_t { no, yes };
void rewrite_text(InputFile& file, const std::string& encoding, MendLines mend, char quote, Scratch& scratch,
                  const Runtime& runtime);

}  // namespace mlo::table
