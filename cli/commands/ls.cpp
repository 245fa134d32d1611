// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

struct LsOptions {
    std::vector<std::string> paths;
    std::string revision;
    bool is_recursive = false;
    bool is_long = false;
};

void declare(Args& args, LsOptions& o) {
    args.option("--rev", o.revision, "of this revision of git [default: the pointers in the work tree]")
        .completing(Completes::revision);
    args.flag("-R,--recursive", o.is_recursive, "everything below, not one level");
    args.flag("-l,--long", o.is_long, "also kind, size and the start of the id");
    args.positional("path", o.paths,
                    "tracked paths, parts of them, or folders that hold some [default: the current folder]")
        .completing(Completes::tracked_path);
}

/// Prints one entry after the other: a version may hold millions.
class Listing {
public:
    Listing(Output& out, const workspace::Workspace& workspace, const LsOptions& options, json::Writer* json)
        : out_{out}, workspace_{workspace}, options_{options}, json_{json} {}

    void show(const std::string& path, const workspace::Entry& entry) {
        if (json_ != nullptr)
            write(path, entry);
        else if (options_.is_long)
            out_.line("{} {:>10}  {:<12}  {}", letters(entry), format_bytes(entry.size_bytes),
                      entry.kind == store::EntryKind::symlink ? "" : entry.id.hex().substr(0, 12), shown(path, entry));
        else
            out_.line(shown(path, entry));
        out_.drain();
    }

private:
    static std::string_view letters(const workspace::Entry& entry) {
        if (entry.kind == store::EntryKind::directory) return "d-";
        if (entry.kind == store::EntryKind::symlink) return "l-";
        return entry.executable == store::Executable::yes ? "fx" : "f-";
    }
    [[nodiscard]] std::string shown(const std::string& path, const workspace::Entry& entry) const {
        auto text = printable(workspace_.shown(path));
        if (entry.kind == store::EntryKind::directory) text += '/';
        if (entry.kind == store::EntryKind::symlink && options_.is_long) text += " -> " + printable(entry.target);
        return text;
    }
    void write(const std::string& path, const workspace::Entry& entry) {
        json_->begin_object();
        json::write_path(*json_, "path", path);
        json_->key("kind").string(to_string(entry.kind));
        json_->key("size").unsigned_integer(entry.size_bytes);
        if (entry.kind == store::EntryKind::symlink) {
            json::write_path(*json_, "target", entry.target);
        } else {
            json_->key("id").string(entry.id.to_string());
            json_->key("executable").boolean(entry.executable == store::Executable::yes);
        }
        json_->end_object();
    }

    Output& out_;
    const workspace::Workspace& workspace_;
    const LsOptions& options_;
    json::Writer* json_;
};

/// What is asked for of one target: the target itself if it lies below `path`, what is at `path` if that lies within
/// it.
void list_target(workspace::Workspace& workspace, const workspace::Target& target, const std::string& path,
                 const LsOptions& o, Listing& listing) {
    workspace::StoredTrees trees{workspace.store()};
    const auto depth = o.is_recursive ? workspace::Depth::all : workspace::Depth::one_level;
    const auto show = [&](const std::string& at, const workspace::Entry& entry) { listing.show(at, entry); };
    if (!path::is_within(path, target.path)) {
        const auto entry = workspace::to_entry(target.pointer);
        show(target.path, entry);
        if (o.is_recursive && entry.kind == store::EntryKind::directory)
            list_entries(target.path, entry, trees, depth, show);
        return;
    }
    const auto entry = find_entry(target, path, trees);
    if (!entry)
        throw Error{workspace::errors::not_in_version,
                    fmt::format("the version of {} holds no {}", quoted(target.path), quoted(path))}
            .hint(fmt::format("mlo ls {}", workspace.shown(target.path)));
    if (entry->kind == store::EntryKind::directory)
        list_entries(path, *entry, trees, depth, show);
    else
        show(path, *entry);
}

int run(Context& ctx, const LsOptions& o) {
    auto& workspace = ctx.workspace();
    std::vector<std::string> paths;
    for (const auto& path : o.paths) paths.push_back(workspace.from_user(path));
    if (paths.empty()) paths.push_back(workspace.current_folder());

    const auto list = o.revision.empty()
                          ? find_targets(workspace, paths)
                          : find_targets_at(workspace, workspace.required_repository().resolve(o.revision), paths);
    if (!o.paths.empty()) require_tracked(workspace, list, paths);
    const auto list_all = [&](Listing& listing) {
        for (const auto& path : paths)
            for (const auto& target : list.targets)
                if (path::is_within(path, target.path) || path::is_within(target.path, path))
                    list_target(workspace, target, path, o, listing);
    };
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/ls-v1", [&](json::Writer& json) {
            Listing listing{ctx.out(), workspace, o, &json};
            json.key("entries").begin_array();
            list_all(listing);
            json.end_array();
        });
    } else {
        Listing listing{ctx.out(), workspace, o, nullptr};
        list_all(listing);
    }
    for (const auto& broken : list.broken) ctx.out().warning(broken.error.message());
    return list.broken.empty() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo ls", "what is tracked here"},
                                {"mlo ls -l data/train", "what is in a tracked folder, checked out or not"},
                                {"mlo ls -R --rev v1.0 data", "everything that was in it then"}};

}  // namespace

extern const Command ls_command{.words = "ls",
                                .group = Group::data,
                                .summary = "list tracked data, of any revision, checked out or not",
                                .bind = command_main<LsOptions, declare, run>,
                                .json_schema = "mlo/ls-v1",
                                .examples = examples};

}  // namespace mlo::cli
