// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

#include "document_cache.hpp"
#include "document_reader.hpp"
#include "grammar.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view dvc_name = "dvc.yaml";

class Loader {
public:
    Loader(Dir& root, const DocumentLimits& limits, const ParsedStore& parsed)
        : state_{std::make_shared<LoadState>(root, limits)}, cache_{parsed} {}

    Pipeline load(const LoadRequest& request) {
        made_.dialect = path::name(request.file) == dvc_name ? Dialect::dvc : Dialect::mlo;
        read(request.file, nullptr);
        if (made_.dialect == Dialect::dvc) {
            for (const auto& other : request.others) {
                if (other != request.file) read(other, nullptr);
            }
            made_.tracked = request.tracked;
        }
        // Only now are all pools known.
        check_needs(needs_, state_->pools);
        made_.pools = state_->pools;
        made_.read_files.assign(state_->files.names().begin(), state_->files.names().end());
        return std::move(made_);
    }

private:
    void read(const std::string& path, const Value* included_at) {
        auto text = state_->files.read(path, state_->limits.size_bytes);
        if (!text) throw missing(path, included_at);
        // Aliases may add to what the text itself holds, but not without measure.
        auto limits = state_->limits;
        limits.nodes =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(limits.nodes, text->size() / 2 + most_behind_aliases));
        const auto extensions = made_.dialect == Dialect::dvc ? yaml::Extensions::dvc : yaml::Extensions::none;
        const auto parse = [&] { return yaml::parse(*text, path, limits, extensions); };
        auto document = cache_.get(*text, path, made_.dialect == Dialect::dvc ? "dvc" : "mlo", limits, parse);
        text.reset();

        const auto index = static_cast<std::uint32_t>(made_.documents.size());
        made_.documents.push_back({path, std::string{path::parent(path)}});
        const auto reader = std::make_shared<DocumentReader>(state_, std::move(document),
                                                             DocumentFacts{.dialect = made_.dialect,
                                                                           .index = index,
                                                                           .folder = made_.documents.back().folder,
                                                                           .paths = &state_->paths,
                                                                           .defaults = nullptr});
        reader->prepare(needs_);
        reader->read(made_, needs_);
        read_included(*reader, path);
    }

    void read_included(const DocumentReader& reader, const std::string& path) {
        const auto root = reader.root();
        if (root.is_null()) return;
        const auto include = root.find("include");
        if (!include) return;
        constexpr std::string_view expected = "a list of documents";
        constexpr std::string_view example = "include: [features/pipeline.yaml]";
        open_.push_back(path);
        for (const auto& entry : items_of(*include, "include", expected, example)) {
            const auto written = string_of(entry, "include", example);
            const auto refuse = [&](std::string message) {
                return Error{errors::include_invalid, std::move(message)}.at(entry.place());
            };
            const auto other = path::normalize(path::join(path::parent(path), written));
            if (!path::is_plain_relative(other)) {
                throw refuse(fmt::format("{} is no file of the workspace", quoted(written))).hint(std::string{example});
            }
            if (path::name(other) == dvc_name) {
                throw refuse("a dvc.yaml cannot be included: its rules differ")
                    .hint(fmt::format("mlo run -f {}", other));
            }
            if (std::find(open_.begin(), open_.end(), other) != open_.end()) {
                throw refuse(fmt::format("{} includes itself", quoted(other)))
                    .note(fmt::format("by way of {}", fmt::join(open_, ", ")))
                    .hint("remove one of the two");
            }
            const bool is_known = std::any_of(made_.documents.begin(), made_.documents.end(),
                                              [&](const PipelineDocument& known) { return known.path == other; });
            if (is_known) continue;
            try {
                read(other, &entry);
            } catch (Error& error) {
                error.at(entry.place());
                throw;
            }
        }
        open_.pop_back();
    }

    static Error missing(const std::string& path, const Value* included_at) {
        auto message = fmt::format("there is no document {}", quoted(path));
        if (included_at == nullptr) {
            return Error{errors::document_missing, std::move(message)}.hint("name another one: mlo run -f FILE");
        }
        return Error{errors::include_invalid, std::move(message)}
            .at(included_at->place())
            .hint("correct the path: it is seen from this document's folder");
    }

    static constexpr std::uint64_t most_behind_aliases = 1'000'000;
    std::shared_ptr<LoadState> state_;
    DocumentCache cache_;
    Pipeline made_;
    std::vector<NeedPlace> needs_;
    std::vector<std::string> open_;  ///< documents whose `include` is being read
};

}  // namespace

Pipeline load(Dir& root, const LoadRequest& request, const DocumentLimits& limits) {
    return Loader{root, limits, request.parsed}.load(request);
}

}  // namespace mlo::pipeline
