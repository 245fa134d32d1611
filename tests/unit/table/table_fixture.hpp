// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <mlo/table/session.hpp>
#include <mlo/yaml/parse.hpp>
#include <still_world.hpp>
#include <string>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::table {

/// A folder with files, and sessions over them.
class World {
public:
    World() : runtime{world_.with(real_fs())} { runtime.jobs = 2; }

    void write(std::string_view name, std::string_view content) const { folder.write(name, content); }

    /// The engine of this build, its library checked once for all tests.
    [[nodiscard]] std::shared_ptr<const Engine> engine() const {
        static const auto shared = Engine::open({MLO_ENGINE_FILE, {}}, runtime);
        return shared;
    }
    [[nodiscard]] Source source(const std::vector<std::string>& names) const {
        Source source;
        source.name = "t";
        source.shown = names.front();
        for (const auto& name : names) source.paths.push_back(name.starts_with('/') ? name : folder.path(name));
        return source;
    }
    [[nodiscard]] Session open(Source source) const { return open(std::vector{std::move(source)}); }
    [[nodiscard]] Session open(std::vector<Source> sources) const {
        return Session{engine(), std::move(sources), {folder.path(), memory_bytes}, runtime};
    }
    [[nodiscard]] Session open(const std::string& name) const { return open(source({name})); }

    /// "a:integer b:text"
    [[nodiscard]] static std::string types(const Session& session, std::size_t table = 0) {
        std::string text;
        for (const auto& column : session.tables()[table].columns)
            text += fmt::format("{}{}:{}", text.empty() ? "" : " ", column.type.name, to_string(column.type.type));
        return text;
    }
    /// The rows of a cursor: "1,x|2,~" where ~ is no value.
    [[nodiscard]] static std::string rows(Cursor cursor) {
        std::string text;
        Chunk chunk;
        while (cursor.next(chunk)) {
            for (std::size_t row = 0; row < chunk.rows(); ++row) {
                if (!text.empty()) text += '|';
                for (std::size_t i = 0; i < chunk.columns().size(); ++i)
                    text += (i == 0 ? "" : ",") + cell(chunk.columns()[i], row);
            }
        }
        return text;
    }
    [[nodiscard]] std::string rows(const std::string& name) const { return rows(open(name).read(0)); }
    [[nodiscard]] Types typed(const std::string& yaml) const { return read_types(yaml::parse(yaml, "types.yaml")); }

    static constexpr const char* no_value = "~";
    [[nodiscard]] static std::string cell(const ColumnView& column, std::size_t row) {
        if (!column.is_valid(row)) return no_value;
        switch (column.type()) {
            case Type::boolean:
                return column.booleans()[row] ? "true" : "false";
            case Type::real:
                return fmt::format("{}", column.reals()[row]);
            case Type::text:
                return std::string{column.texts()[row].view()};
            default:
                return fmt::format("{}", column.integers()[row]);
        }
    }

    /// The bytes of a file by its absolute path.
    [[nodiscard]] static std::string bytes_of(const std::string& path) {
        std::ifstream file{path, std::ios::binary};
        if (!file) throw std::runtime_error{"no such file: " + path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    test::TemporaryFolder folder;
    std::uint64_t memory_bytes = std::uint64_t{512} << 20;

private:
    test::StillWorld world_{7};

public:
    Runtime runtime;
};

}  // namespace mlo::table
