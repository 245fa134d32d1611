// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/table/errors.hpp>
#include <mlo/table/session.hpp>
#include <mlo/util/error.hpp>
#include <still_world.hpp>
#include <temporary_folder.hpp>

#include "dialect.hpp"

namespace {

using namespace mlo;

/// Whatever the bytes are, each record ends, and lines only go up.
void read_records(std::string_view text) {
    for (const char escape : {'"', '\\'}) {
        table::RecordReader reader{text, {',', '"', escape}};
        std::vector<std::string> cells;
        std::uint64_t line = 0;
        while (reader.next(cells)) {
            MLO_ASSERT(!cells.empty() && reader.lines_before() >= line);
            line = reader.lines_before();
        }
    }
}

}  // namespace

/// The whole way of a CSV file: dialect, types, the engine, every cell. It is read, or refused by an error that is no
/// bug.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    read_records(text);
    static test::StillWorld world{1};
    static const auto runtime = world.with(real_fs());
    static const auto engine = table::Engine::open({MLO_ENGINE_FILE, {}}, runtime);
    static const test::TemporaryFolder folder;
    folder.write("input.csv", text);
    try {
        table::Source source;
        source.name = "t";
        source.shown = "input.csv";
        source.paths.push_back(folder.path("input.csv"));
        source.format = table::Format::csv;
        std::vector<table::Source> sources;
        sources.push_back(std::move(source));
        constexpr std::uint64_t memory_bytes = std::uint64_t{256} << 20;
        table::Session session{engine, std::move(sources), {folder.path(), memory_bytes}, runtime};
        std::uint64_t rows = 0;
        session.scan(0, {}, table::Order::as_stored,
                     [&](const table::Chunk& chunk, std::uint32_t) { rows += chunk.rows(); });
        MLO_ASSERT(session.count_rows(0) == rows);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal) throw;
    }
    return 0;
}
