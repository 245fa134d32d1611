// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>

#include "extras.hpp"
#include "groups.hpp"
#include "scope.hpp"
#include "stage_paths.hpp"
#include "stage_reader.hpp"

namespace mlo::pipeline {

/// What all documents of one load have in common. Lives as long as a group that waits for a file.
struct LoadState {
    LoadState(Dir& workspace, const DocumentLimits& most)
        : root{workspace.open_dir("")}, files{*root}, params{files}, paths{workspace.path()}, limits{most} {}
    /// How mappings in commands become options: as DVC's settings say, in its dialect.
    [[nodiscard]] const CommandStyle& command_style(Dialect dialect);

    std::unique_ptr<Dir> root;
    SourceFiles files;
    ParamsFiles params;
    Paths paths;
    DocumentLimits limits;
    std::map<std::string, std::uint64_t> pools;

private:
    std::optional<CommandStyle> style_;
};

/// One document, from its text to its stages.
class DocumentReader : public std::enable_shared_from_this<DocumentReader> {
public:
    DocumentReader(std::shared_ptr<LoadState> state, Document document, DocumentFacts facts);

    [[nodiscard]] Value root() const noexcept { return document_.root(); }
    /// `vars`, `defaults`, `pools`: what the stages need. Throws what is wrong with them.
    void prepare(std::vector<NeedPlace>& needs);
    /// Adds the stages, the groups that wait, and what stands at top level.
    void read(Pipeline& into, std::vector<NeedPlace>& needs);
    [[nodiscard]] std::vector<Stage> expand(const std::string& name, const Value& body, const Value& key,
                                            const GroupItems& items, std::vector<NeedPlace>& needs);

private:
    struct Group;
    void read_stages(const Value& stages, Pipeline& into, std::vector<NeedPlace>& needs);
    void read_definition(const Member& member, Pipeline& into, std::vector<NeedPlace>& needs);
    void read_foreach(const Member& member, Pipeline& into, std::vector<NeedPlace>& needs);
    void read_matrix(const Member& member, const Value& matrix, Pipeline& into, std::vector<NeedPlace>& needs);
    bool read_special(const Member& member, const Value& iterable, const Value& body, Pipeline& into,
                      std::vector<NeedPlace>& needs);
    void add_pending(const Member& member, const Value& file, const Value& body, Pipeline& into);
    void add_group(const Member& member, const Value& body, Pipeline& into, std::vector<NeedPlace>& needs,
                   const std::function<GroupItems()>& items);
    [[nodiscard]] Stage read_one(const Value& definition, StageTitle title, const GroupItem* item, const GroupItems* of,
                                 std::vector<NeedPlace>& needs);
    void check(const Value& definition, const StageTitle& title);
    void read_variables_now();
    [[nodiscard]] Stage broken(StageTitle title, const Error& error) const;

    std::shared_ptr<LoadState> state_;
    Document document_;
    DocumentFacts facts_;
    DocumentVariables variables_;
};

/// `params metrics plots artifacts` at top level.
[[nodiscard]] TopLevel read_top_level(const Value& root, const DocumentFacts& document, Scope& scope);

/// `pools`: names and amounts.
void read_pools(const Value& value, std::map<std::string, std::uint64_t>& pools);

/// Throws resource_unknown, pool_too_small.
void check_needs(const std::vector<NeedPlace>& needs, const std::map<std::string, std::uint64_t>& pools);

/// The content of a file that says what the stages of a group are. Throws what parsing throws.
[[nodiscard]] Datum read_group_file(std::string_view content, std::string_view file);

}  // namespace mlo::pipeline
