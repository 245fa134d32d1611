// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/errors.hpp>
#include <mlo/track/run_compare.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>

namespace mlo::track {
namespace {

void remove_tree(Dir& dir, const std::string& name) noexcept {
    try {
        const auto folder = dir.open_dir(name);
        for (const auto& entry : folder->list()) {
            if (entry.kind == FileKind::directory)
                remove_tree(*folder, entry.name);
            else
                folder->remove(entry.name);
        }
        dir.remove_dir(name);
    } catch (const Error&) {
        // It is a few files in a folder of mlo's own.
    }
}

/// A folder that goes when it is no longer needed.
class Scratch {
public:
    Scratch(Dir& parent, Random& random) : parent_{parent}, name_{temporary_name("code", random)} {
        parent_.make_dir(name_);
    }
    ~Scratch() { remove_tree(parent_, name_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string path() const { return path::join(parent_.path(), name_); }

private:
    Dir& parent_;
    std::string name_;
};

git::CodeState state_of(const RunDocument& run, const ReadText& read) {
    const auto fail = [&](std::string_view what) {
        return Error{errors::no_code, fmt::format("the code of run {} is not known: {}", run.id, what)};
    };
    if (run.source.commit.empty()) throw fail("it has no commit");
    git::CodeState state{run.source.commit, {}};
    if (run.source.diff) {
        auto patch = read(*run.source.diff);
        if (!patch) throw fail("what was not committed is not here").hint("mlo pull");
        state.patch = *std::move(patch);
    } else if (run.source.is_dirty.value_or(false)) {
        throw fail("what was not committed was not kept");
    }
    return state;
}

}  // namespace

std::string code_between(git::Repository& repository, const RunDocument& before, const RunDocument& after,
                         const ReadText& read, Dir& folder, const Runtime& runtime) {
    const auto first = state_of(before, read);
    const auto second = state_of(after, read);
    const Scratch scratch{folder, runtime.random};
    return repository.patch_between(first, second, scratch.path());
}

}  // namespace mlo::track
