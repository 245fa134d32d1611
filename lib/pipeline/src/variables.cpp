// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/params.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"
#include "scope.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view vars_example = "vars: [params.yaml, 'other.json:lr,depth', {name: value}]";

}  // namespace

std::optional<std::string> SourceFiles::read(std::string_view path, std::uint64_t limit_bytes) {
    const auto folder_path = path::parent(path);
    std::unique_ptr<Dir> folder;
    // Looked for one by one: a folder that is absent is no error here, a link on the way is.
    Dir* at = root_;
    for (const auto& component : path::components(folder_path)) {
        const auto stat = at->stat(component);
        if (!stat) return std::nullopt;
        folder = at->open_dir(component);
        at = folder.get();
    }
    const auto name = path::name(path);
    if (!at->stat(name)) return std::nullopt;
    try {
        auto content = read_file(*at, name, limit_bytes);
        names_.emplace(path);
        return content;
    } catch (Error& error) {
        error.at(std::string{path});
        if (error.code().id == mlo::errors::too_large.id)
            error.hint("take what stages need of it into a file of its own");
        throw;
    }
}

const Datum* ParamsFiles::find(const std::string& path) {
    const auto [at, is_new] = read_.try_emplace(path);
    auto& file = at->second;
    if (is_new) {
        try {
            if (const auto content = files_->read(path, largest_params_bytes)) {
                file.content = read_params(*content, path);
            }
        } catch (const Error& error) {
            file.trouble = error;
        }
    }
    if (file.trouble) throw Error{*file.trouble};
    return file.content ? &*file.content : nullptr;
}

void Variables::add_default(const std::string& path) {
    const auto* const content = files_->find(path);
    if (content == nullptr) return;
    imports_.try_emplace(path);
    context_.merge(*content, path);
}

void Variables::add_file(const Value& entry, std::string_view folder) {
    const auto written = entry.as_string();
    const auto colon = written.find(':');
    const auto path = path::normalize(path::join(folder, written.substr(0, colon)));
    std::vector<std::string> keys;
    if (colon != written.npos) {
        keys = split(written.substr(colon + 1), ',');
        std::erase(keys, "");
    }
    const auto before = imports_.find(path);
    if (before != imports_.end()) {
        const auto& had = before->second;
        if (keys.empty() && had.empty()) return;
        const bool again = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
            return std::find(had.begin(), had.end(), key) != had.end();
        });
        if (keys.empty() || had.empty() || again) {
            throw Error{errors::vars_twice,
                        fmt::format("{} has been loaded already{}", quoted(path), had.empty() ? "" : ", in part")}
                .at(entry.place())
                .hint("load the file once, whole, or each of its keys once");
        }
    }
    const auto unreadable = [&](std::string message) {
        return Error{errors::vars_unreadable, std::move(message)}.at(entry.place());
    };
    if (!path::is_plain_relative(path)) {
        throw unreadable(fmt::format("{} is not a file of the workspace", quoted(written)))
            .hint("copy the file into the workspace");
    }
    const auto* const content = files_->find(path);
    if (content == nullptr) {
        throw unreadable(fmt::format("there is no file {}", quoted(path)))
            .hint(fmt::format("make the file, or remove {} from 'vars'", quoted(written)));
    }
    if (keys.empty()) {
        context_.merge(*content, path);
        imports_[path];
        return;
    }
    Datum::Mapping chosen;
    for (const auto& key : keys) {
        const auto* const value = content->find(key);
        if (value == nullptr) {
            std::vector<std::string> names;
            for (const auto& member : std::get<Datum::Mapping>(content->content)) names.push_back(member.name);
            const auto guess = closest_match(key, names);
            throw unreadable(fmt::format("{} has no key {}", quoted(path), quoted(key)))
                .hint(guess ? fmt::format("did you mean {}?", quoted(*guess))
                            : "keys after the colon are those at the top of the file");
        }
        if (Datum{chosen}.find(key) == nullptr) chosen.push_back({key, *value});
    }
    context_.merge(Datum{std::move(chosen)}, path);
    auto& had = imports_[path];
    had.insert(had.end(), keys.begin(), keys.end());
}

void Variables::add(const Value& list, std::string_view folder, std::string_view owner) {
    std::size_t index = 0;
    for (const auto& entry : list.items()) {
        try {
            if (entry.is(ValueKind::string)) {
                add_file(entry, folder);
            } else {
                context_.merge(to_datum(entry), fmt::format("{}{}vars[{}]", owner, owner.empty() ? "" : ".", index));
            }
        } catch (Error& error) {
            error.at(entry.place());
            throw;
        }
        ++index;
    }
}

void check_vars(const Value& list, std::string_view owner) {
    const auto name = fmt::format("{}{}vars", owner, owner.empty() ? "" : ".");
    for (const auto& entry : items_of(list, name, "a list of files and mappings", vars_example)) {
        if (!entry.is(ValueKind::string) && !entry.is(ValueKind::mapping)) {
            refuse_type(entry, name, "a list of files and mappings", vars_example);
        }
        if (!may_hold_template(entry)) continue;
        throw Error{errors::template_forbidden, fmt::format("{} may not hold templates", quoted(name))}
            .at(entry.place())
            .hint("write the value out: 'vars' is what templates are resolved from");
    }
}

void DocumentVariables::add(const Value& list) {
    static_cast<void>(get());
    made_.add(list, folder_, "");
}

const Variables& DocumentVariables::get() {
    if (!has_default_) {
        made_.add_default(path::join(folder_, "params.yaml"));
        has_default_ = true;
    }
    return made_;
}

}  // namespace mlo::pipeline
