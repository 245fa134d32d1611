// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/filter_sql.hpp>

namespace mlo::track::filter {
namespace {

/// A LIKE pattern as one of GLOB, which tells upper from lower case.
std::string to_glob(std::string_view pattern) {
    std::string glob;
    for (const char c : pattern) {
        if (c == '%') {
            glob += '*';
        } else if (c == '_') {
            glob += '?';
        } else if (c == '*' || c == '?' || c == '[') {
            glob += {'[', c, ']'};
        } else {
            glob += c;
        }
    }
    return glob;
}

std::string cases(std::string_view column, std::initializer_list<std::pair<int, std::string_view>> names) {
    std::string text = fmt::format("CASE {}", column);
    for (const auto& [number, name] : names) text += fmt::format(" WHEN {} THEN '{}'", number, name);
    return text + " END";
}

template <class State>
std::pair<int, std::string_view> named(State state) {
    return {static_cast<int>(state), to_string(state)};
}

std::string attribute_sql(const Key& key) {
    const auto& name = key.name;
    if (key.entity == Entity::input) {
        if (name == "path") return "CAST(i.path AS TEXT)";
        if (name == "id") return "'sha256:' || lower(hex(substr(i.id, 2)))";
        if (name == "digest") return "lower(hex(substr(i.id, 2)))";
        return cases("i.role", {named(InputRole::declared), named(InputRole::observed), named(InputRole::present)});
    }
    if (key.entity == Entity::output) {
        if (name == "path") return "CAST(o.path AS TEXT)";
        return name == "id" ? "'sha256:' || lower(hex(substr(o.id, 2)))" : "o.size";
    }
    if (name == "run_id") return "r.id";
    if (name == "run_name") return "r.name";
    if (name == "status")
        return cases("r.state", {named(RunState::running), named(RunState::scheduled), named(RunState::finished),
                                 named(RunState::failed), named(RunState::killed), named(RunState::lost)});
    if (name == "user_id") return "NULLIF(r.user, '')";
    if (name == "start_time") return "r.started";
    if (name == "end_time") return "r.ended";
    if (name == "duration") return "(r.ended - r.started) / 1000.0";
    if (name == "experiment_id") return "CAST(r.experiment AS TEXT)";
    if (name == "experiment") return "(SELECT e.name FROM experiments e WHERE e.id = r.experiment)";
    if (name == "parent") return "NULLIF(r.parent, '')";
    if (name == "commit") return "NULLIF(r.commit_id, '')";
    if (name == "branch") return "json_extract(r.details, '$.source.branch')";
    if (name == "note") return "NULLIF(r.note, '')";
    if (name == "exit_code") return "r.exit_code";
    if (name == "signal") return "json_extract(r.details, '$.signal')";
    if (name == "attempt") return "r.attempt";
    return "NULL";  // artifact_uri: the artifacts of a run are objects, not a place
}

std::string_view symbol_of(Operation operation) {
    switch (operation) {
        case Operation::add:
            return "+";
        case Operation::subtract:
            return "-";
        case Operation::multiply:
            return "*";
        case Operation::divide:
            return "/";
        case Operation::equal:
            return "=";
        case Operation::unequal:
            return "<>";
        case Operation::less:
            return "<";
        case Operation::less_or_equal:
            return "<=";
        case Operation::greater:
            return ">";
        default:
            return ">=";
    }
}

bool mentions(const Expression& expression, Entity entity) {
    if (expression.operation == Operation::key) return expression.key.entity == entity;
    return std::any_of(expression.operands.begin(), expression.operands.end(),
                       [&](const Expression& operand) { return mentions(operand, entity); });
}

class Writer {
public:
    std::string condition(const Expression& expression) {
        switch (expression.operation) {
            case Operation::logical_and:
                return joined(expression.operands, "AND", "1");
            case Operation::logical_or:
                return joined(expression.operands, "OR", "0");
            case Operation::logical_not:
                return fmt::format("(NOT {})", condition(expression.operands.front()));
            default:
                return somewhere(expression);
        }
    }

    std::vector<std::variant<std::int64_t, double, std::string>> take_values() { return std::move(values_); }

private:
    /// Balanced, because SQLite bounds how deep an expression may be.
    std::string joined(std::span<const Expression> operands, std::string_view word, std::string_view empty) {
        if (operands.empty()) return std::string{empty};
        if (operands.size() == 1) return condition(operands.front());
        const auto half = operands.size() / 2;
        const auto left = joined(operands.first(half), word, empty);
        return fmt::format("({} {} {})", left, word, joined(operands.subspan(half), word, empty));
    }

    /// A comparison that names an input or output holds if it does for one of them.
    std::string somewhere(const Expression& expression) {
        auto text = comparison(expression);
        if (mentions(expression, Entity::input))
            text = fmt::format("EXISTS(SELECT 1 FROM inputs i WHERE i.run = r.row AND {})", text);
        if (mentions(expression, Entity::output))
            text = fmt::format("EXISTS(SELECT 1 FROM outputs o WHERE o.run = r.row AND {})", text);
        return text;
    }

    std::string comparison(const Expression& expression) {
        const auto& operands = expression.operands;
        switch (expression.operation) {
            case Operation::exists:
                return exists(operands.front().key);
            case Operation::like:
            case Operation::ilike: {
                const auto left = value(operands[0]);
                const bool is_exact = expression.operation == Operation::like;
                values_.emplace_back(is_exact ? to_glob(operands[1].text) : operands[1].text);
                return fmt::format("({} {} ?)", left, is_exact ? "GLOB" : "LIKE");
            }
            case Operation::in: {
                auto text = fmt::format("({} IN (", value(operands.front()));
                for (std::size_t i = 1; i < operands.size(); ++i) text += (i > 1 ? ", " : "") + value(operands[i]);
                return text + "))";
            }
            default:
                return binary(expression);
        }
    }

    std::string binary(const Expression& expression) {
        const auto left = value(expression.operands[0]);
        return fmt::format("({} {} {})", left, symbol_of(expression.operation), value(expression.operands[1]));
    }

    std::string value(const Expression& expression) {
        switch (expression.operation) {
            case Operation::number:
                values_.emplace_back(expression.number);
                return "?";
            case Operation::text:
                values_.emplace_back(expression.text);
                return "?";
            case Operation::key:
                return key(expression.key);
            case Operation::negate:
                return fmt::format("(-{})", value(expression.operands.front()));
            case Operation::as_number:
                return as_number(expression.operands.front().key);
            default:
                return binary(expression);
        }
    }

    std::string key(const Key& key) {
        if (key.entity == Entity::metric) return metric(key);
        if (key.entity == Entity::param) return named_value("params", "value", key.name);
        if (key.entity == Entity::tag) return named_value("tags", "value", key.name);
        return attribute_sql(key);
    }

    /// JSON's numbers, so that "0x10", " 1" and "nan" are none.
    std::string as_number(const Key& key) {
        constexpr std::string_view number =
            "CASE WHEN json_valid(n.value) THEN CASE WHEN json_type(n.value) IN ('integer', 'real') "
            "THEN CAST(n.value AS REAL) END END";
        return named_value(key.entity == Entity::param ? "params" : "tags", number, key.name);
    }

    std::string metric(const Key& key) {
        const auto column = [](Summary summary) -> std::string_view {
            switch (summary) {
                case Summary::min:
                case Summary::last_or_min:
                    return "n.min";
                case Summary::max:
                case Summary::last_or_max:
                    return "n.max";
                case Summary::count:
                case Summary::last_or_count:
                    return "CAST(n.count AS REAL)";
                default:
                    return "n.last";
            }
        };
        if (key.summary < Summary::last_or_min) return named_value("series", column(key.summary), key.name);
        const auto is_there = has("series", key.name);
        const auto own = named_value("series", "n.last", key.name);
        const auto base = key.name.substr(0, key.name.rfind('.'));
        return fmt::format("CASE WHEN {} THEN {} ELSE {} END", is_there, own,
                           named_value("series", column(key.summary), base));
    }

    std::string named_value(std::string_view table, std::string_view column, const std::string& name) {
        values_.emplace_back(name);
        return fmt::format(
            "(SELECT {} FROM {} n WHERE n.run = r.row AND n.name = (SELECT id FROM names WHERE text = ?))", column,
            table);
    }
    std::string has(std::string_view table, const std::string& name) {
        values_.emplace_back(name);
        return fmt::format(
            "EXISTS(SELECT 1 FROM {} n WHERE n.run = r.row AND n.name = (SELECT id FROM names WHERE text = ?))", table);
    }

    std::string exists(const Key& key) {
        if (key.entity == Entity::metric && key.summary < Summary::last_or_min) return has("series", key.name);
        if (key.entity == Entity::metric) {
            const auto own = has("series", key.name);
            return fmt::format("({} OR {})", own, has("series", key.name.substr(0, key.name.rfind('.'))));
        }
        if (key.entity == Entity::param) return has("params", key.name);
        if (key.entity == Entity::tag) return has("tags", key.name);
        return fmt::format("({} IS NOT NULL)", attribute_sql(key));
    }

    std::vector<std::variant<std::int64_t, double, std::string>> values_;
};

}  // namespace

SqlCondition to_sql(const Expression& filter) {
    Writer writer;
    auto condition = writer.condition(filter);
    return {std::move(condition), writer.take_values()};
}

}  // namespace mlo::track::filter
