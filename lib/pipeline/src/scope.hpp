// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/template.hpp>

namespace mlo::pipeline {

/// Reads files for documents, and remembers which they were.
class SourceFiles {
public:
    explicit SourceFiles(Dir& root) : root_{&root} {}
    /// `path` of the workspace; nothing if there is no such file. Throws as Dir::open does, and too_large.
    [[nodiscard]] std::optional<std::string> read(std::string_view path, std::uint64_t limit_bytes);
    [[nodiscard]] Dir& root() const noexcept { return *root_; }
    [[nodiscard]] const std::set<std::string>& names() const noexcept { return names_; }

private:
    Dir* root_;
    std::set<std::string> names_;
};

/// The contents of files of parameters, each parsed once for all documents and stages.
class ParamsFiles {
public:
    explicit ParamsFiles(SourceFiles& files) : files_{&files} {}
    /// Null if there is no such file. Throws what read_params throws.
    [[nodiscard]] const Datum* find(const std::string& path);

private:
    struct File {
        std::optional<Datum> content;
        std::optional<Error> trouble;  ///< told to everybody who needs the file, without reading it again
    };
    SourceFiles* files_;
    std::map<std::string, File> read_;
};

/// What `vars` loads: values, and which files they came from, for a file may come whole again, but not in part.
class Variables {
public:
    explicit Variables(ParamsFiles& files) : files_{&files} {}
    /// The file whole, if it is there.
    void add_default(const std::string& path);
    /// The entries of a `vars` list; files are relative to `folder`. Throws vars_unreadable, vars_twice, and what
    /// Context::merge throws. `owner`: "stages.fit" or "".
    void add(const Value& list, std::string_view folder, std::string_view owner);
    [[nodiscard]] const Context& context() const noexcept { return context_; }
    /// Sets what the elements of a group see.
    void set(std::string_view name, Datum value) { context_.set(name, std::move(value)); }

private:
    void add_file(const Value& entry, std::string_view folder);

    ParamsFiles* files_;
    Context context_;
    std::map<std::string, std::vector<std::string>> imports_;  ///< none: the whole file
};

/// Checks the shape of a `vars` list, which has no templates.
void check_vars(const Value& list, std::string_view owner);

/// The variables of a document: `params.yaml` beside it is read once something needs it.
class DocumentVariables {
public:
    DocumentVariables(ParamsFiles& files, std::string folder) : made_{files}, folder_{std::move(folder)} {}
    void add(const Value& list);
    [[nodiscard]] const Variables& get();

private:
    Variables made_;
    std::string folder_;
    bool has_default_ = false;
};

/// How the texts of a stage become values: by what its document's variables say, those of its own group and `vars`
/// included; or, to check only what can be checked without them, not at all.
class Scope {
public:
    enum class Mode : std::uint8_t { resolve, check };
    Scope(DocumentVariables& document, const CommandStyle& style, Mode mode)
        : document_{&document}, style_{&style}, mode_{mode} {}

    /// From now on with variables of its own.
    Variables& own();
    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    /// True if `text` may become anything: a template that is not resolved.
    [[nodiscard]] bool is_open(std::string_view text) const noexcept;

    /// A text. `name` is its key for messages, `example` the hint.
    [[nodiscard]] std::string text(const Value& value, std::string_view name, std::string_view example);
    [[nodiscard]] std::string command(const Value& value);
    /// A whole value, templates within it resolved; each of them to what is no list and no mapping.
    [[nodiscard]] Datum any(const Value& value);
    [[nodiscard]] const Context& context();

private:
    DocumentVariables* document_;
    const CommandStyle* style_;
    Mode mode_;
    std::optional<Variables> own_;
};

/// "${": what makes a text worth a look.
[[nodiscard]] bool may_be_template(std::string_view text) noexcept;
/// The same of a value and all within it, keys included.
[[nodiscard]] bool may_hold_template(const Value& value);

}  // namespace mlo::pipeline
