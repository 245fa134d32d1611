// SPDX-License-Identifier: Apache-2.0
#include <mlo/lineage/walk.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <mlo/hash/digest.hpp>
#include <mlo/track/object_links.hpp>
#include <mlo/util/path.hpp>
#include <utility>

#include "members.hpp"

namespace mlo::lineage {
namespace {

using track::LinkRequest;
using track::ObjectLinks;

constexpr std::uint32_t most_folders_at_a_path = 1000;

class Walker {
public:
    Walker(track::RunStore& runs, store::ObjectStore& objects, const WalkRequest& request, const Runtime& runtime)
        : runs_{runs}, objects_{objects}, request_{request}, runtime_{runtime}, empty_{hash::sha256({})} {}

    Graph from_object(const Start& start) {
        graph_.root_object = object_at(start.kind, start.id, start.path).first;
        pending_.push_back({.is_run = false, .index = *graph_.root_object});
        return finish();
    }

    Graph from_run(const std::string& run) {
        graph_.root_run = run_at(run, 0);
        return finish();
    }

private:
    /// A node to go on from.
    struct Pending {
        bool is_run = false;
        std::size_t index = 0;
        std::uint32_t depth = 0;                 ///< runs on the way to it
        std::optional<std::size_t> neighbour{};  ///< of an object: the run that led to it
        std::string path{};                      ///< of an object: what that run called it
    };

    [[nodiscard]] bool goes_up() const noexcept { return request_.direction == Direction::up; }

    Graph finish() {
        while (!pending_.empty()) {
            runtime_.check_stop();
            const auto next = std::move(pending_.front());
            pending_.pop_front();
            if (next.depth >= request_.depth && !next.is_run) {
                ++graph_.unvisited;
                continue;
            }
            if (next.is_run)
                expand_run(next);
            else
                expand_object(next);
        }
        return std::move(graph_);
    }

    /// The node, and whether it is new.
    std::pair<std::size_t, bool> object_at(store::ObjectKind kind, const store::ObjectId& id, const std::string& path) {
        const auto [at, is_new] = object_indexes_.try_emplace({kind, id}, graph_.objects.size());
        if (is_new) graph_.objects.push_back({.kind = kind, .id = id, .path = path});
        return {at->second, is_new};
    }

    std::size_t run_at(const std::string& id, std::uint32_t depth) {
        const auto [at, is_new] = run_indexes_.try_emplace(id, graph_.runs.size());
        if (!is_new) return at->second;
        documents_.push_back(runs_.get(id));
        const auto& document = documents_.back();
        const auto& source = document.source;
        graph_.runs.push_back({.id = id,
                               .name = document.name,
                               .state = document.state,
                               .started_ms = document.started_ms,
                               .commit = source.commit,
                               .has_uncommitted_changes = source.is_dirty.value_or(false),
                               .is_deleted = runs_.status(id).is_deleted,
                               .params = document.params,
                               .present_inputs = static_cast<std::uint64_t>(std::count_if(
                                   document.inputs.begin(), document.inputs.end(),
                                   [](const auto& input) { return input.role == track::InputRole::present; }))});
        pending_.push_back({.is_run = true, .index = at->second, .depth = depth});
        return at->second;
    }

    void expand_run(const Pending& at) {
        const auto document = std::exchange(documents_.at(at.index), {});
        if (goes_up()) {
            for (const auto& input : document.inputs)
                if (input.role != track::InputRole::present)
                    link_object(at, Link::Kind::read, input.role, input.kind, input.id, input.path);
        } else {
            for (const auto& output : document.outputs)
                link_object(at, Link::Kind::wrote, track::InputRole::declared, output.kind, output.id, output.path);
        }
    }

    void link_object(const Pending& run, Link::Kind kind, track::InputRole role, store::ObjectKind object_kind,
                     const store::ObjectId& id, const std::string& path) {
        const auto [object, is_new] = object_at(object_kind, id, path);
        graph_.links.push_back({.kind = kind, .run = run.index, .object = object, .role = role, .path = path});
        if (is_new)
            pending_.push_back(
                {.is_run = false, .index = object, .depth = run.depth, .neighbour = run.index, .path = path});
    }

    /// The runs on the other side of the object, those first that lie nearest to the neighbour in the right order.
    ObjectLinks find_links(const store::ObjectId& id, const Pending& at) {
        const auto find = [&](const LinkRequest& request) {
            auto found = goes_up() ? writers_of(runs_, id, request) : readers_of(runs_, id, request);
            // No run reads what it is yet to write.
            if (at.neighbour)
                std::erase_if(found.links, [&](const auto& link) { return link.run == graph_.runs[*at.neighbour].id; });
            return found;
        };
        LinkRequest request{.limit = request_.runs_per_object + 1};
        if (!at.neighbour) return find(request);
        const auto moment = graph_.runs[*at.neighbour].started_ms;
        (goes_up() ? request.not_after_ms : request.not_before_ms) = moment;
        auto found = find(request);
        if (!found.links.empty() || !goes_up()) return found;
        return find({.not_before_ms = moment, .limit = request_.runs_per_object + 1});
    }

    void take(const Pending& at, const ObjectLinks& found, const std::string& member, std::uint32_t& taken) {
        auto& omitted = graph_.objects[at.index].omitted_runs;
        for (const auto& link : found.links) {
            const bool is_known = run_indexes_.contains(link.run);
            if (!is_known && (taken >= request_.runs_per_object || graph_.runs.size() >= request_.runs)) {
                ++omitted;
                continue;
            }
            ++taken;
            const auto run = run_at(link.run, at.depth + 1);
            graph_.links.push_back({.kind = goes_up() ? Link::Kind::wrote : Link::Kind::read,
                                    .run = run,
                                    .object = at.index,
                                    .role = link.role,
                                    .path = link.path,
                                    .member = member});
        }
        omitted += found.omitted;
    }

    void expand_object(const Pending& at) {
        const auto object = graph_.objects[at.index];
        std::uint32_t taken = 0;
        take(at, find_links(object.id, at), "", taken);
        take_folders(at, object, taken);
        if (object.kind != store::ObjectKind::tree) return;
        const auto listed =
            for_each_member(objects_, object.id, request_.members_per_folder, [&](const Member& member) {
                if (member.id != empty_) take(at, find_links(member.id, at), member.path, taken);
            });
        graph_.objects[at.index].unseen += listed.unseen;
        graph_.objects[at.index].is_unknown = listed.is_unknown;
    }

    /// Of the folders above the object those that hold it.
    void take_folders(const Pending& at, const ObjectNode& object, std::uint32_t& taken) {
        const auto& path = object.path;
        for (auto above = path::parent(path); !above.empty(); above = path::parent(above)) {
            const auto rest = std::string_view{path}.substr(above.size() + 1);
            const auto folders = goes_up() ? folders_written_at(runs_, above, most_folders_at_a_path)
                                           : folders_read_at(runs_, above, most_folders_at_a_path);
            if (folders.size() == most_folders_at_a_path) ++graph_.objects[at.index].unseen;
            for (const auto& folder : folders) {
                const auto member = find_member(objects_, folder, rest);
                if (member && member->id == object.id) take(at, find_links(folder, at), std::string{rest}, taken);
            }
        }
    }

    track::RunStore& runs_;
    store::ObjectStore& objects_;
    WalkRequest request_;
    const Runtime& runtime_;
    store::ObjectId empty_;
    Graph graph_;
    std::deque<Pending> pending_;
    std::vector<track::RunDocument> documents_;  ///< of the runs that wait to be expanded
    std::map<std::pair<store::ObjectKind, store::ObjectId>, std::size_t> object_indexes_;
    std::map<std::string, std::size_t> run_indexes_;
};

}  // namespace

Graph walk_from_object(track::RunStore& runs, store::ObjectStore& objects, const Start& start,
                       const WalkRequest& request, const Runtime& runtime) {
    return Walker{runs, objects, request, runtime}.from_object(start);
}

Graph walk_from_run(track::RunStore& runs, store::ObjectStore& objects, const std::string& run,
                    const WalkRequest& request, const Runtime& runtime) {
    return Walker{runs, objects, request, runtime}.from_run(run);
}

}  // namespace mlo::lineage
