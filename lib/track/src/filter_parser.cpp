// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <mlo/track/filter.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "filter_keys.hpp"
#include "filter_lexer.hpp"

namespace mlo::track::filter {
namespace {

std::string_view name_of(Type type) {
    return type == Type::number ? "a number" : type == Type::text ? "text" : "a condition";
}

/// One precedence level a function, from OR down to a single value.
class Parser {
public:
    explicit Parser(std::string_view text) : lexer_{text} {}

    Expression parse() {
        if (lexer_.token() == Token::end) return {.operation = Operation::logical_and, .type = Type::boolean};
        auto expression = disjunction();
        require(expression, Type::boolean);
        if (lexer_.token() != Token::end)
            lexer_.fail(fmt::format("unexpected {}", quoted(lexer_.value())), "join conditions with AND or OR");
        return expression;
    }

private:
    Expression disjunction() {
        auto left = conjunction();
        if (!lexer_.is_word("OR")) return left;
        Expression all = joined(Operation::logical_or, std::move(left));
        while (take_word("OR")) add_condition(all, conjunction());
        return all;
    }

    Expression conjunction() {
        auto left = negation();
        if (!lexer_.is_word("AND")) return left;
        Expression all = joined(Operation::logical_and, std::move(left));
        while (take_word("AND")) add_condition(all, negation());
        return all;
    }

    Expression negation() {
        const auto offset = lexer_.offset();
        if (!take_word("NOT")) return comparison();
        const Nesting nesting{*this};
        auto operand = negation();
        require(operand, Type::boolean);
        return inverted(std::move(operand), offset);
    }

    Expression comparison() {
        auto left = sum();
        static constexpr std::array<std::pair<std::string_view, Operation>, 6> comparisons{
            {{"=", Operation::equal},
             {"!=", Operation::unequal},
             {"<", Operation::less},
             {"<=", Operation::less_or_equal},
             {">", Operation::greater},
             {">=", Operation::greater_or_equal}}};
        for (const auto& [symbol, operation] : comparisons) {
            if (!lexer_.is_symbol(symbol)) continue;
            lexer_.next();
            return compared(operation, std::move(left), sum());
        }
        const auto offset = lexer_.offset();
        if (take_word("IS")) {
            const bool is_not = take_word("NOT");
            if (!take_word("NULL")) lexer_.fail("NULL is missing");
            if (left.operation != Operation::key) fail(lexer_.text(), left.offset, "only a key may be NULL");
            auto there = node(Operation::exists, Type::boolean, offset, std::move(left));
            return is_not ? std::move(there) : inverted(std::move(there), offset);
        }
        const bool is_not = take_word("NOT");
        auto condition = worded(std::move(left), is_not);
        return is_not ? inverted(std::move(condition), offset) : std::move(condition);
    }

    /// What follows a value as a word: LIKE, ILIKE, IN, BETWEEN; without any it stands for itself.
    Expression worded(Expression left, bool must_follow) {
        const auto offset = lexer_.offset();
        for (const auto& [word, operation] :
             {std::pair{"LIKE", Operation::like}, std::pair{"ILIKE", Operation::ilike}}) {
            if (!take_word(word)) continue;
            require(left, Type::text);
            auto pattern = sum();
            if (pattern.operation != Operation::text)
                fail(lexer_.text(), pattern.offset, "a pattern in quotes belongs here",
                     "'%' stands for any text, '_' for one character");
            return node(operation, Type::boolean, offset, std::move(left), std::move(pattern));
        }
        if (take_word("IN")) return member(std::move(left), offset);
        if (take_word("BETWEEN")) {
            auto low = compared(Operation::greater_or_equal, left, sum());
            if (!take_word("AND")) lexer_.fail("the AND of BETWEEN is missing");
            auto high = compared(Operation::less_or_equal, std::move(left), sum());
            return node(Operation::logical_and, Type::boolean, offset, std::move(low), std::move(high));
        }
        if (must_follow) lexer_.fail("LIKE, ILIKE, IN or BETWEEN is missing");
        return left;
    }

    Expression member(Expression left, std::size_t offset) {
        expect("(");
        auto all = node(Operation::in, Type::boolean, offset, std::move(left));
        do {
            auto value = sum();
            require(value, all.operands.front().type);
            all.operands.push_back(std::move(value));
        } while (take_symbol(","));
        expect(")");
        return all;
    }

    Expression sum() {
        auto left = product();
        for (std::size_t count = 0;; ++count) {
            if (count > max_depth) lexer_.fail("there are too many terms");
            const auto offset = lexer_.offset();
            const bool is_plus = lexer_.is_symbol("+");
            if (!is_plus && !lexer_.is_symbol("-")) return left;
            lexer_.next();
            left = calculated(is_plus ? Operation::add : Operation::subtract, offset, std::move(left), product());
        }
    }

    Expression product() {
        auto left = unary();
        for (std::size_t count = 0;; ++count) {
            if (count > max_depth) lexer_.fail("there are too many factors");
            const auto offset = lexer_.offset();
            const bool is_times = lexer_.is_symbol("*");
            if (!is_times && !lexer_.is_symbol("/")) return left;
            lexer_.next();
            left = calculated(is_times ? Operation::multiply : Operation::divide, offset, std::move(left), unary());
        }
    }

    Expression unary() {
        const auto offset = lexer_.offset();
        if (!take_symbol("-")) return primary();
        const Nesting nesting{*this};
        auto operand = unary();
        require(operand, Type::number);
        return node(Operation::negate, Type::number, offset, std::move(operand));
    }

    Expression primary() {
        const auto offset = lexer_.offset();
        if (take_symbol("(")) {
            const Nesting nesting{*this};
            auto inside = disjunction();
            expect(")");
            return inside;
        }
        Expression value{.operation = Operation::text, .type = Type::text, .offset = offset};
        switch (lexer_.token()) {
            case Token::number:
                value.operation = Operation::number;
                value.type = Type::number;
                value.number = lexer_.number();
                break;
            case Token::quoted:
                value.text = lexer_.value();
                break;
            case Token::word:
            case Token::backquoted:
                return key();
            default:
                lexer_.fail(lexer_.token() == Token::end ? "something is missing"
                                                         : fmt::format("unexpected {}", quoted(lexer_.value())));
        }
        lexer_.next();
        return value;
    }

    /// "metrics.loss", "metrics.`odd name`", "metrics.`odd name`.min", "params.\"a b\"", "status", "`status`".
    Expression key() {
        Expression value{.operation = Operation::key, .offset = lexer_.offset()};
        const auto word = lexer_.value();
        const bool is_plain = lexer_.token() == Token::word;
        lexer_.next();
        const auto dot = is_plain ? word.find('.') : std::string::npos;
        if (dot == std::string::npos) {
            value.key = {Entity::attribute, word};
        } else {
            const auto entity = find_entity(std::string_view{word}.substr(0, dot));
            if (!entity)
                fail(
                    lexer_.text(), value.offset, fmt::format("unknown kind of key {}", quoted(word.substr(0, dot))),
                    "write metrics.NAME, params.NAME, tags.NAME, inputs.NAME, outputs.NAME or an attribute of the run");
            value.key = {*entity, word.substr(dot + 1)};
            finish_name(value.key);
        }
        check_key(value);
        return value;
    }

    void finish_name(Key& key) {
        if (!key.name.empty() && key.name.back() != '.') {
            if (key.entity == Entity::metric) key = metric_key(key.name);
            return;
        }
        const bool is_quoted = lexer_.token() == Token::quoted || lexer_.token() == Token::backquoted;
        if (!key.name.empty() || !is_quoted || !lexer_.is_adjacent()) lexer_.fail("the name of the key is missing");
        key.name = lexer_.value();
        lexer_.next();
        if (!lexer_.is_symbol(".") || !lexer_.is_adjacent() || key.entity != Entity::metric) return;
        lexer_.next();
        const auto summary = lexer_.token() == Token::word ? find_summary(lexer_.value()) : std::nullopt;
        if (!summary) lexer_.fail("a summary is missing", "write .min, .max, .last or .count");
        key.summary = *summary;
        lexer_.next();
    }

    /// Sets the type, and the one name of attributes that have several.
    void check_key(Expression& value) {
        auto& key = value.key;
        if (key.entity == Entity::metric) {
            value.type = Type::number;
        } else if (key.entity == Entity::param || key.entity == Entity::tag) {
            value.type = Type::text;
        } else {
            const auto attribute = find_attribute(key.entity, key.name);
            if (!attribute)
                fail(lexer_.text(), value.offset, fmt::format("unknown key {}", quoted(key.name)),
                     fmt::format("there are {}; write metrics.NAME, params.NAME or tags.NAME for what a run logged",
                                 names_of_attributes(key.entity)));
            key.name = attribute->name;
            value.type = attribute->type;
        }
        if (key.name.empty()) fail(lexer_.text(), value.offset, "the name of the key is missing");
    }

    Expression compared(Operation operation, Expression left, Expression right) {
        for (const auto* side : {&left, &right})
            if (side->type == Type::boolean) fail(lexer_.text(), side->offset, "a condition cannot be compared");
        settle_times(left, right);
        settle_times(right, left);
        left = settle_numbers(std::move(left), right);
        right = settle_numbers(std::move(right), left);
        require(right, left.type);
        const bool is_ordered = operation != Operation::equal && operation != Operation::unequal;
        if (is_ordered && left.type == Type::text)
            fail(lexer_.text(), left.offset, "text has no order, only =, !=, LIKE, ILIKE and IN compare it");
        const auto offset = left.offset;
        return node(operation, Type::boolean, offset, std::move(left), std::move(right));
    }

    /// A time may be written as text: "2026-01-31", "2026-01-31T12:00:00Z".
    void settle_times(const Expression& key, Expression& literal) {
        const bool is_time = key.operation == Operation::key && key.key.entity == Entity::attribute &&
                             (key.key.name == "start_time" || key.key.name == "end_time");
        if (!is_time || literal.operation != Operation::text) return;
        const auto time = parse_rfc3339(
            literal.text.find_first_of("Tt ") == std::string::npos ? literal.text + "T00:00:00Z" : literal.text);
        if (!time) fail(lexer_.text(), literal.offset, "this is no time", "write 2026-01-31 or 2026-01-31T12:00:00Z");
        literal.operation = Operation::number;
        literal.type = Type::number;
        literal.number =
            static_cast<double>(std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count());
    }

    /// Parameters and tags are text; beside a number they count as what they say.
    static Expression settle_numbers(Expression side, const Expression& other) {
        const bool is_text_key = side.operation == Operation::key && side.type == Type::text &&
                                 (side.key.entity == Entity::param || side.key.entity == Entity::tag);
        if (!is_text_key || other.type != Type::number) return side;
        const auto offset = side.offset;
        return node(Operation::as_number, Type::number, offset, std::move(side));
    }

    Expression calculated(Operation operation, std::size_t offset, Expression left, Expression right) {
        static const Expression number{.operation = Operation::number, .type = Type::number};
        left = settle_numbers(std::move(left), number);
        right = settle_numbers(std::move(right), number);
        require(left, Type::number);
        require(right, Type::number);
        return node(operation, Type::number, offset, std::move(left), std::move(right));
    }

    template <class... Operands>
    static Expression node(Operation operation, Type type, std::size_t offset, Operands... operands) {
        Expression result{.operation = operation, .type = type, .offset = offset};
        (result.operands.push_back(std::move(operands)), ...);
        return result;
    }
    static Expression inverted(Expression operand, std::size_t offset) {
        return node(Operation::logical_not, Type::boolean, offset, std::move(operand));
    }
    Expression joined(Operation operation, Expression first) {
        const auto offset = first.offset;
        Expression all = node(operation, Type::boolean, offset);
        add_condition(all, std::move(first));
        return all;
    }
    void add_condition(Expression& all, Expression condition) {
        require(condition, Type::boolean);
        all.operands.push_back(std::move(condition));
    }

    void require(const Expression& expression, Type type) {
        if (expression.type == type) return;
        const bool is_word = expression.operation == Operation::key && type == Type::boolean;
        fail(lexer_.text(), expression.offset,
             fmt::format("{} belongs here, not {}", name_of(type), name_of(expression.type)),
             is_word ? "compare the key with something: metrics.loss < 0.5"
             : type == Type::text && expression.operation == Operation::number ? "put the value in quotes"
                                                                               : "");
    }
    bool take_word(std::string_view capitals) {
        if (!lexer_.is_word(capitals)) return false;
        lexer_.next();
        return true;
    }
    bool take_symbol(std::string_view symbol) {
        if (!lexer_.is_symbol(symbol)) return false;
        lexer_.next();
        return true;
    }
    void expect(std::string_view symbol) {
        if (!take_symbol(symbol)) lexer_.fail(fmt::format("{} is missing", quoted(symbol)));
    }

    class Nesting {
    public:
        explicit Nesting(Parser& parser) : parser_{parser} {
            if (++parser_.depth_ > max_depth) parser_.lexer_.fail("the filter is nested too deeply");
        }
        ~Nesting() { --parser_.depth_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Parser& parser_;
    };

    Lexer lexer_;
    std::size_t depth_ = 0;
};

}  // namespace

Expression parse(std::string_view text) { return Parser{text}.parse(); }

}  // namespace mlo::track::filter
