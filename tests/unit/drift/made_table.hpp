// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <category_column.hpp>
#include <cstring>
#include <mlo/profile/profile.hpp>
#include <number_column.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::test {

/// Columns as a table would hand them out, and their profile, without an engine.
class MadeTable {
public:
    void add(const std::string& name, table::Type type, const std::vector<std::optional<double>>& values) {
        numbers_.push_back({name, type, values});
        rows_ = values.size();
    }
    void add(const std::string& name, const std::vector<std::optional<std::string>>& values) {
        texts_.push_back({name, values});
        rows_ = values.size();
    }

    /// In the bins and categories of `frame`, if there is one.
    [[nodiscard]] profile::Profile profile(const profile::Profile* frame = nullptr) const {
        profile::Profile made;
        made.rows = rows_;
        made.detail = profile::detail_for(numbers_.size() + texts_.size());
        for (const auto& column : numbers_) made.columns.push_back(profile_of(column, made.detail, frame));
        for (const auto& column : texts_) made.columns.push_back(profile_of(column, made.detail, frame));
        return made;
    }

private:
    struct Numbers {
        std::string name;
        table::Type type;
        std::vector<std::optional<double>> values;
    };
    struct Texts {
        std::string name;
        std::vector<std::optional<std::string>> values;
    };

    template <class T>
    static std::vector<std::uint64_t> validity(const std::vector<std::optional<T>>& values) {
        std::vector<std::uint64_t> bits(values.size() / 64 + 1);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i]) bits[i / 64] |= std::uint64_t{1} << (i % 64);
        return bits;
    }

    static profile::Column profile_of(const Numbers& column, const profile::Detail& detail,
                                      const profile::Profile* frame) {
        const auto* const model = frame == nullptr ? nullptr : frame->find(column.name);
        profile::NumberColumn made{
            {.name = column.name, .type = column.type, .unit = table::TimeUnit::day, .declared = {}},
            detail,
            0,
            model != nullptr && model->numbers ? model->numbers->frame.edges : std::nullopt};
        const auto bits = validity(column.values);
        const auto read = [&](const auto& values) {
            const table::ColumnView view{column.type, values.size(), values.data(), bits.data()};
            made.add(view);
            if (made.freeze()) made.count(view);
        };
        if (column.type == table::Type::real) {
            std::vector<double> values;
            for (const auto& value : column.values) values.push_back(value.value_or(0));
            read(values);
        } else {
            std::vector<std::int64_t> values;
            for (const auto& value : column.values) values.push_back(static_cast<std::int64_t>(value.value_or(0)));
            read(values);
        }
        return made.take(column.name);
    }

    static profile::Column profile_of(const Texts& column, const profile::Detail& detail,
                                      const profile::Profile* frame) {
        std::optional<std::vector<std::string>> names;
        const auto* const model = frame == nullptr ? nullptr : frame->find(column.name);
        if (model != nullptr && model->categories) {
            names.emplace();
            for (const auto& item : model->categories->frame.categories) names->push_back(item.name);
        }
        profile::CategoryColumn made{
            {.name = column.name, .type = table::Type::text, .unit = table::TimeUnit::day, .declared = {}},
            detail,
            std::move(names)};
        // As the engine lays short texts out: a length and twelve bytes.
        std::vector<table::TextCell> cells(column.values.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto text = column.values[i].value_or("");
            MLO_ASSERT(text.size() <= 12);
            const auto size = static_cast<std::uint32_t>(text.size());
            auto* const bytes = reinterpret_cast<char*>(&cells[i]);
            std::memcpy(bytes, &size, sizeof size);
            std::memcpy(bytes + sizeof size, text.data(), text.size());
        }
        const auto bits = validity(column.values);
        const table::ColumnView view{table::Type::text, cells.size(), cells.data(), bits.data()};
        made.add(view);
        if (made.freeze()) made.count(view);
        return made.take(column.name);
    }

    std::size_t rows_ = 0;
    std::vector<Numbers> numbers_;
    std::vector<Texts> texts_;
};

}  // namespace mlo::test
