// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/profile/build.hpp>
#include <mlo/profile/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <numeric>
#include <unordered_map>
#include <variant>

#include "category_column.hpp"
#include "number_column.hpp"

namespace mlo::profile {
namespace {

/// Chunks that are read before the columns share the threads: 65,000 rows, or as many as some megabytes hold.
std::size_t batch_chunks(std::size_t columns) noexcept { return std::clamp<std::size_t>(2048 / columns, 1, 32); }

using Models = std::unordered_map<std::string_view, const Column*>;

class AnyColumn {
public:
    /// `model` has the bins or categories to use, if it is of a type like this.
    AnyColumn(const table::ColumnType& type, const Detail& detail, std::uint64_t seed, const Column* model)
        : column_{make(type, detail, seed, model)} {}

    void add(const table::ColumnView& view) {
        std::visit([&](auto& column) { column.add(view); }, column_);
    }
    void count(const table::ColumnView& view) {
        std::visit([&](auto& column) { column.count(view); }, column_);
    }
    [[nodiscard]] bool freeze() {
        return std::visit([](auto& column) { return column.freeze(); }, column_);
    }
    [[nodiscard]] Column take(const std::string& name) {
        return std::visit([&](auto& column) { return column.take(name); }, column_);
    }
    [[nodiscard]] NumberColumn* numbers() noexcept { return std::get_if<NumberColumn>(&column_); }

private:
    using Either = std::variant<NumberColumn, CategoryColumn>;

    static Either make(const table::ColumnType& type, const Detail& detail, std::uint64_t seed, const Column* model) {
        if (type.type == table::Type::text || type.type == table::Type::boolean) {
            std::optional<std::vector<std::string>> names;
            if (model != nullptr && model->type == type.type) {
                names.emplace();
                for (const auto& category : model->categories->frame.categories) names->push_back(category.name);
            }
            return CategoryColumn{type, detail, std::move(names)};
        }
        // Integers and reals are counted alike: which of them a column of whole numbers is depends on how it is
        // written.
        const auto is_number = [](table::Type t) { return t == table::Type::integer || t == table::Type::real; };
        const bool fits = model != nullptr && model->numbers &&
                          (model->type == type.type || (is_number(model->type) && is_number(type.type)));
        return NumberColumn{type, detail, seed, fits ? model->numbers->frame.edges : std::nullopt};
    }

    Either column_;
};

/// Reads chosen columns, batch by batch, and hands each batch's chunks to `visit` for every column, on several threads.
/// `after` is called between batches.
template <class Visit, class After>
std::uint64_t read_columns(table::Session& session, std::size_t table, std::span<const std::size_t> columns,
                           const Runtime& runtime, const Visit& visit, const After& after) {
    auto cursor = session.read(table, columns);
    std::uint64_t rows = 0;
    std::vector<table::Chunk> batch;
    for (bool more = true; more;) {
        batch.clear();
        while (batch.size() < batch_chunks(columns.size())) {
            table::Chunk chunk;
            more = cursor.next(chunk);
            if (!more) break;
            rows += chunk.rows();
            batch.push_back(std::move(chunk));
        }
        parallel_for(columns.size(), runtime.jobs, runtime.stop, [&](std::size_t i) {
            for (const auto& chunk : batch) visit(i, chunk.columns()[i]);
        });
        after();
    }
    return rows;
}

void keep_within(std::vector<AnyColumn>& columns, std::uint64_t most_bytes) {
    std::uint64_t bytes = 0;
    for (auto& column : columns)
        if (auto* numbers = column.numbers()) bytes += numbers->kept_bytes();
    if (bytes <= most_bytes) return;
    for (auto& column : columns)
        if (auto* numbers = column.numbers()) numbers->drop_kept();
}

}  // namespace

Profile build(table::Session& session, std::size_t table, const BuildOptions& options, const Runtime& runtime) {
    const auto& info = session.tables()[table];
    if (info.columns.empty()) throw Error{errors::no_columns, fmt::format("{} has no columns", quoted(info.shown))};
    Profile profile;
    profile.seed = options.seed;
    profile.detail = options.frame != nullptr ? options.frame->detail : detail_for(info.columns.size());
    Models models;
    if (options.frame != nullptr)
        for (const auto& column : options.frame->columns) models.emplace(column.name, &column);
    std::vector<AnyColumn> columns;
    columns.reserve(info.columns.size());
    for (const auto& column : info.columns) {
        const auto model = models.find(column.type.name);
        columns.emplace_back(column.type, profile.detail, options.seed,
                             model == models.end() ? nullptr : model->second);
    }

    std::vector<std::size_t> places(columns.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    profile.rows = read_columns(
        session, table, places, runtime, [&](std::size_t i, const table::ColumnView& view) { columns[i].add(view); },
        [&] { keep_within(columns, options.kept_bytes); });

    std::vector<char> is_open(columns.size());
    parallel_for(columns.size(), runtime.jobs, runtime.stop,
                 [&](std::size_t i) { is_open[i] = columns[i].freeze() ? 1 : 0; });
    std::erase_if(places, [&](std::size_t i) { return is_open[i] == 0; });
    if (!places.empty())
        (void)read_columns(
            session, table, places, runtime,
            [&](std::size_t i, const table::ColumnView& view) { columns[places[i]].count(view); }, [] {});
    for (std::size_t i = 0; i < columns.size(); ++i)
        profile.columns.push_back(columns[i].take(info.columns[i].type.name));
    return profile;
}

}  // namespace mlo::profile
