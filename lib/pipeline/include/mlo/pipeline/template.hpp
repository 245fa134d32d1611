// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/datum.hpp>
#include <mlo/util/document.hpp>

namespace mlo::pipeline {

/// What templates may name: merged values, each knowing where it came from. Copying is cheap (shared until changed),
/// for the many stages of a `foreach`.
class Context {
public:
    Context();
    ~Context();
    Context(const Context& other);
    Context(Context&& other) noexcept;
    Context& operator=(const Context& other);
    Context& operator=(Context&& other) noexcept;

    /// Adds a mapping from `source` ("params.yaml", "vars of dvc.yaml:3:1"). Mappings within each other are merged; a
    /// leaf that is there already is context_conflict, naming both sources, as is a name that was set. The cost is that
    /// of `mapping` and of what it is merged into, not of the context. Anything but a mapping is a bug.
    void merge(Datum mapping, std::string_view source);
    /// Sets a name above all others: `item`, `key`.
    void set(std::string_view name, Datum value);
    /// What the path of an expression leads to: "a.b[0]", "a[key]". Null if nothing.
    [[nodiscard]] const Datum* find(std::string_view expression) const;

private:
    friend class ContextReader;  // src/context.hpp
    struct Values;
    std::shared_ptr<Values> values_;  ///< never null; shared by copies until one of them merges
    std::vector<std::pair<std::string, std::shared_ptr<const Datum>>> set_;
};

/// How `${mapping}` in a command becomes options (`parsing.bool`, `parsing.list` of DVC's configuration).
enum class BoolOptions : std::uint8_t { store_true, boolean_optional };
enum class ListOptions : std::uint8_t { nargs, append };
struct CommandStyle {
    BoolOptions bools = BoolOptions::store_true;
    ListOptions lists = ListOptions::nargs;
};

/// Whether a text that is one expression may yield a list or a mapping: as `foreach`, `matrix` and what stands at top
/// level do; within a stage, DVC refuses them.
enum class Composites : std::uint8_t { refused, allowed };

/// True if `text` holds an expression `${...}` that is not escaped.
[[nodiscard]] bool has_template(std::string_view text) noexcept;

/// A value with its templates resolved, those in keys and in what it contains too; a text that is one expression yields
/// a value of that one's kind. `\${` becomes `${`. Of keys that become equal, the last counts. Throws template_invalid
/// (syntax), template_unknown (with a guess), template_composite (a list or mapping within a text, or where it is
/// refused), each with file:line:column of the text and what stands there.
[[nodiscard]] Datum resolve(const Value& value, const Context& context, Composites composites);
/// The text of a command: as resolve, but an expression for a mapping becomes options.
[[nodiscard]] std::string resolve_command(const Value& text, const Context& context, const CommandStyle& style);
/// Checks the syntax of all expressions in a value. Throws template_invalid.
void check_templates(const Value& value);

/// A scalar as it stands in a text, and in names of stages: `true`, `None`, `1.0`, `1e-05`. A composite is a bug.
[[nodiscard]] std::string text_of(const Datum& scalar);

}  // namespace mlo::pipeline
