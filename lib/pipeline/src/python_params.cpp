// SPDX-License-Identifier: Apache-2.0
#include "python_params.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <optional>
#include <unordered_map>

#include "python_literal.hpp"
#include "python_tokens.hpp"

namespace mlo::pipeline {
namespace {

using Tokens = std::span<const PythonToken>;

/// What a module or class has assigned so far.
struct Assigned {
    Datum::Mapping members;
    std::unordered_map<std::string, std::size_t> places;

    void put(std::string_view name, Datum value) {
        const auto [place, is_new] = places.emplace(name, members.size());
        if (is_new) {
            members.push_back({place->first, std::move(value)});
        } else {
            members[place->second].value = std::move(value);
        }
    }
};

enum class BlockKind : std::uint8_t { names, self_only, ignored };

/// A block of statements at one indent.
struct Block {
    std::size_t indent = 0;
    BlockKind kind = BlockKind::names;
    std::shared_ptr<Assigned> assigned;  ///< shared by `__init__` and what it stands in
    std::string class_name;              ///< of a class: what its members become when it ends
};

bool is_mark(const PythonToken& token, std::string_view text) {
    return token.kind == PythonTokenKind::mark && token.level == 0 && token.text == text;
}

std::size_t find_mark(Tokens tokens, std::string_view text) {
    const auto found =
        std::find_if(tokens.begin(), tokens.end(), [&](const auto& token) { return is_mark(token, text); });
    return static_cast<std::size_t>(found - tokens.begin());
}

bool is_word(Tokens tokens, std::size_t at, std::string_view word) {
    return at < tokens.size() && tokens[at].kind == PythonTokenKind::name && tokens[at].text == word;
}

/// Walks the statements of a module.
class ModuleReader {
public:
    ModuleReader(std::string_view content, std::string_view file, const DocumentLimits& limits)
        : content_{content}, file_{file}, lines_{content, file}, budget_{limits.nodes, limits.depth}, limits_{limits} {}

    Datum read() {
        blocks_.push_back({0, BlockKind::names, std::make_shared<Assigned>(), {}});
        const auto module = blocks_.front().assigned;
        PythonLine line;
        while (lines_.next(line)) take(line);
        while (!blocks_.empty()) end_block();
        return {std::move(module->members)};
    }

private:
    void take(const PythonLine& line) {
        const auto start = line.tokens.front().offset;
        if (opened_) {
            if (line.indent <= blocks_.back().indent) lines_.fail(start, "an indented block must follow ':'");
            if (blocks_.size() > limits_.depth) {
                fail_depth(start);
            }
            opened_->indent = line.indent;
            blocks_.push_back(std::move(*opened_));
            opened_.reset();
        }
        while (line.indent < blocks_.back().indent) end_block();
        if (line.indent != blocks_.back().indent) lines_.fail(start, "the indent matches no block");
        statement(line.tokens);
    }

    [[noreturn]] void fail_depth(std::size_t offset) const {
        throw Error{mlo::errors::document_too_large, fmt::format("nested more than {} levels deep", limits_.depth)}.at(
            format_place(file_, PlaceCounter{content_}.at(offset)));
    }

    void end_block() {
        auto block = std::move(blocks_.back());
        blocks_.pop_back();
        close(block);
    }

    /// What a class has becomes a member of what it stands in.
    void close(Block& block) {
        if (block.class_name.empty() || blocks_.empty() || blocks_.back().kind == BlockKind::ignored) return;
        blocks_.back().assigned->put(block.class_name, {std::move(block.assigned->members)});
    }

    /// One logical line: simple statements, or the head of a compound one.
    void statement(Tokens tokens) {
        const auto& here = blocks_.back();
        const bool is_class = is_word(tokens, 0, "class") && tokens.size() > 2;
        const bool is_init = is_word(tokens, 0, "def") && is_word(tokens, 1, "__init__");
        if (here.kind == BlockKind::ignored || (!is_class && !is_init)) {
            if (is_mark(tokens.back(), ":")) opened_ = Block{0, BlockKind::ignored, nullptr, {}};
            if (here.kind != BlockKind::ignored && !opened_) simple_statements(tokens);
            return;
        }
        Block block{0, is_init ? BlockKind::self_only : BlockKind::names, here.assigned, {}};
        if (is_class) {
            block.assigned = std::make_shared<Assigned>();
            block.class_name = tokens[1].text;
        }
        const auto colon = find_mark(tokens, ":");
        if (colon + 1 >= tokens.size()) {
            if (colon == tokens.size()) return;
            opened_ = std::move(block);
            return;
        }
        blocks_.push_back(std::move(block));
        blocks_.back().indent = blocks_[blocks_.size() - 2].indent;
        simple_statements(tokens.subspan(colon + 1));
        end_block();
    }

    void simple_statements(Tokens tokens) {
        while (!tokens.empty()) {
            const auto end = find_mark(tokens, ";");
            if (end > 0) assignment(tokens.first(end));
            tokens = tokens.subspan(std::min(end + 1, tokens.size()));
        }
    }

    void assignment(Tokens tokens) {
        const auto equals = find_mark(tokens, "=");
        if (equals >= tokens.size() || equals == 0) return;
        auto target = tokens.first(equals);
        if (const auto colon = find_mark(target, ":"); colon < target.size()) target = target.first(colon);
        const auto name = name_of(target);
        if (name.empty()) return;
        auto value = literal(tokens.subspan(equals + 1));
        if (value) blocks_.back().assigned->put(name, std::move(*value));
    }

    std::optional<Datum> literal(Tokens tokens) {
        if (tokens.empty()) return std::nullopt;
        try {
            return python_literal(tokens, budget_);
        } catch (Error& error) {
            error.at(format_place(file_, PlaceCounter{content_}.at(tokens.front().offset)));
            throw;
        }
    }

    /// `name`, or `self.name`; parentheses around either mean nothing.
    [[nodiscard]] std::string_view name_of(Tokens target) const {
        const auto is_bracket = [](const PythonToken& token, std::string_view text) {
            return token.kind == PythonTokenKind::mark && token.text == text;
        };
        while (target.size() > 2 && is_bracket(target.front(), "(") && is_bracket(target.back(), ")")) {
            target = target.subspan(1, target.size() - 2);
        }
        const auto is_name = [&](std::size_t at) {
            return target[at].kind == PythonTokenKind::name && !is_python_keyword(target[at].text);
        };
        if (target.size() == 1 && is_name(0) && blocks_.back().kind == BlockKind::names) return target[0].text;
        const bool is_self =
            target.size() == 3 && is_word(target, 0, "self") && is_bracket(target[1], ".") && is_name(2);
        return is_self ? target[2].text : std::string_view{};
    }

    std::string_view content_;
    std::string_view file_;
    PythonLines lines_;
    LiteralBudget budget_;
    DocumentLimits limits_;
    std::vector<Block> blocks_;
    std::optional<Block> opened_;  ///< what the line before has begun: its first line tells the indent
};

}  // namespace

Datum python_params(std::string_view content, std::string_view file, const DocumentLimits& limits) {
    return ModuleReader{content, file, limits}.read();
}

}  // namespace mlo::pipeline
