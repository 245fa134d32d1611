// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/template.hpp>

namespace mlo::pipeline {

/// An expression `${inner}` in a text.
struct Expression {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< after the brace
    std::string_view inner;
};

/// The first expression at or after `from` that is not escaped and ends on its line.
[[nodiscard]] std::optional<Expression> next_expression(std::string_view text, std::size_t from) noexcept;

/// Splits "a.b[0]" into its names, white space around each removed. Says what is wrong with it, if something is.
[[nodiscard]] std::optional<std::string_view> split_expression(std::string_view inner,
                                                               std::vector<std::string_view>& names);

/// Looks names up in a context.
class ContextReader {
public:
    explicit ContextReader(const Context& context) noexcept : context_{&context} {}

    struct Found {
        const Datum* value = nullptr;   ///< null: `names[depth]` is not in `parent`
        const Datum* parent = nullptr;  ///< null: the top
        std::size_t depth = 0;
    };
    [[nodiscard]] Found find(const std::vector<std::string_view>& names) const;
    /// The names in `parent` (null: the top); none if there are too many to be of help.
    [[nodiscard]] std::vector<std::string> names_in(const Datum* parent) const;
    /// All that was merged, in order.
    [[nodiscard]] std::vector<std::string> sources() const;
    /// The one path to a member called `name`, if there is exactly one and the context is small.
    [[nodiscard]] std::optional<std::string> path_to(std::string_view name) const;

private:
    [[nodiscard]] const Datum* at_top(std::string_view name) const noexcept;
    [[nodiscard]] const Datum* member(const Datum& parent, std::string_view name) const;

    const Context* context_;
};

/// An index of a list as Python's int() reads it; negative ones count from the end.
[[nodiscard]] const Datum* list_element(const Datum::List& list, std::string_view index) noexcept;

}  // namespace mlo::pipeline
