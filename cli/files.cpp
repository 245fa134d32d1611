// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>

#include "context.hpp"

namespace mlo::cli {

void write_file(Context& ctx, const std::string& name, const std::function<void(const TextSink&)>& write) {
    const auto full = path::absolute(name, ctx.cwd());
    const auto folder = ctx.runtime().fs.open_root(std::string{path::parent(full)});
    AtomicFile made{*folder, std::string{path::name(full)}, 0666, ctx.runtime().random};
    write([&](std::string_view text) { made.write(text); });
    made.commit(Replace::yes);
}

void write_file(Context& ctx, const std::string& name, std::string_view text) {
    write_file(ctx, name, [&](const TextSink& sink) { sink(text); });
}

}  // namespace mlo::cli
