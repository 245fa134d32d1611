// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>

#include <fault_fs.hpp>
#include <mlo/pipeline/documents.hpp>
#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/path.hpp>

namespace {

using namespace mlo;

void check(const pipeline::StagePath& path) {
    MLO_ASSERT(!path.written.empty());
    if (path.reach == pipeline::Reach::workspace) MLO_ASSERT(path.path.empty() || path::is_plain_relative(path.path));
    if (path.reach == pipeline::Reach::outside) MLO_ASSERT(path.path.starts_with('/'));
}

void check(const pipeline::Pipeline& loaded) {
    for (const auto& stage : loaded.stages) {
        MLO_ASSERT(!stage.name.empty() && stage.document < loaded.documents.size());
        if (stage.broken) continue;
        MLO_ASSERT(stage.wdir.empty() || path::is_plain_relative(stage.wdir));
        for (const auto& dep : stage.deps) check(dep);
        for (const auto& out : stage.outs) check(out.at);
        for (const auto& params : stage.params) check(params.file);
    }
}

/// What is wrong with a text is told with its place, and nothing else is thrown.
template <class Action>
void read(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || error.place().empty()) throw;
    }
}

}  // namespace

/// Both dialects read any text, or say what is wrong with it and where; paths of stages stay where they say they are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span{data, size});
    test::FaultFs fs{"/work"};
    const auto root = fs.open_root("/work");
    for (const auto* const file : {"pipeline.yaml", "dvc.yaml", "data.dvc"}) root->create(file, 0644)->write(bytes);
    root->create("params.yaml", 0644)->write(as_bytes("a: 1\nb: {c: [x, {d: 2}]}\nl: [1, 2, true]\n"));
    for (const auto* const file : {"pipeline.yaml", "dvc.yaml"}) {
        read([&] {
            const auto loaded = pipeline::load(*root, {.file = file, .others = {}});
            check(loaded);
            for (const auto& group : loaded.pending) read([&] { static_cast<void>(group.expand(as_text(bytes))); });
        });
    }
    read([&] { static_cast<void>(pipeline::find_documents(*root)); });
    return 0;
}
