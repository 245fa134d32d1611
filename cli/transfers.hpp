// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mlo/json/writer.hpp>
#include <mlo/sync/fetch.hpp>
#include <mlo/sync/push.hpp>
#include <mlo/sync/selection.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <string>
#include <vector>

#include "args.hpp"
#include "remotes.hpp"

/// What push, fetch, pull and get have in common.
namespace mlo::cli {

class Context;
class Output;

/// The options that say between whom.
struct TransferOptions {
    std::optional<std::string> remote;
    std::optional<std::uint32_t> jobs;
    std::optional<std::string> limit_rate;
};
void declare_transfer(Args& args, TransferOptions& options);

/// The options that say what.
struct SelectionOptions {
    std::vector<std::string> paths;
    std::vector<std::string> revisions;
    std::vector<std::string> tags;
    bool takes_all_commits = false;
};
void declare_selection(Args& args, SelectionOptions& options);

/// Whether they name any data.
[[nodiscard]] bool selects_data(const SelectionOptions& options);

/// A workspace and one of its remotes, opened.
class Transfer {
public:
    /// Throws no_workspace, no_project, unknown_remote, no_default.
    Transfer(Context& ctx, const TransferOptions& options);

    [[nodiscard]] workspace::Workspace& workspace() noexcept { return workspace_; }
    [[nodiscard]] const sync::Peer& peer() const noexcept { return *peer_; }
    [[nodiscard]] const ConfiguredRemote& remote() const noexcept { return remote_; }
    [[nodiscard]] const remote::Traffic& traffic() const noexcept { return opened_.traffic(); }

private:
    workspace::Workspace& workspace_;
    ConfiguredRemote remote_;
    OpenedRemote opened_;
    std::optional<sync::Peer> peer_;
};

/// Paths as the user typed them, relative to the root; none if the root itself is among them.
[[nodiscard]] std::vector<std::string> to_paths(const workspace::Workspace& workspace,
                                                const std::vector<std::string>& typed);
/// What the options select. Warns of a history that ends too early.
[[nodiscard]] sync::Selected select(Context& ctx, workspace::Workspace& workspace, const SelectionOptions& options);
/// As select, of the work tree; of a path within a target only that part is named. Gets folders on the way.
[[nodiscard]] sync::Selected select_parts(Transfer& transfer, const std::vector<std::string>& paths);

/// The key "traffic": what went over the wire.
void write_traffic(json::Writer& json, const remote::Traffic& traffic);
/// Says what a dry run found missing, and the keys "files" and "file_bytes" with the same.
void show_missing(Output& out, const ConfiguredRemote& remote, const sync::FetchReport& report);
void write_missing(json::Writer& json, const sync::FetchReport& report);
/// Shows what failed: targets and broken pointers.
void show_failures(Context& ctx, const sync::Selected& selected, const std::vector<sync::Failure>& failures);
/// The array "failures", with the same.
void write_failures(json::Writer& json, const sync::Selected& selected, const std::vector<sync::Failure>& failures);

/// "30d", "12h", "90m". Nothing if it is no such time, or none at all.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace mlo::cli
