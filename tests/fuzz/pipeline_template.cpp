// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/template.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

namespace {

using namespace mlo;
using pipeline::Datum;

pipeline::Context make_context() {
    pipeline::Context context;
    context.merge({Datum::Mapping{{"a", {std::int64_t{1}}},
                                  {"b", {Datum::Mapping{{"c", {2.5}}, {"d", {std::string{"${a}"}}}}}},
                                  {"l", {Datum::List{{true}, {}, {std::string{"x\\"}}}}}}},
                  "params");
    context.merge({Datum::Mapping{{"b", {Datum::Mapping{{"e", {std::string{"\\${"}}}}}}}}, "more");
    context.set("item", {Datum::Mapping{{"k", {std::string{"it's"}}}, {"n", {Datum::List{}}}}});
    return context;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto context = make_context();
    const std::string text{data, data + size};
    if (!is_valid_utf8(text)) return 0;
    DocumentBuilder builder{"input", {}};
    builder.string({}, text);
    const auto document = builder.finish();
    (void)context.find(text);
    try {
        const auto resolved = pipeline::resolve(document.root(), context, pipeline::Composites::allowed);
        pipeline::check_templates(document.root());
        const auto* const plain = std::get_if<std::string>(&resolved.content);
        if (text.find("${") == std::string::npos) MLO_ASSERT(plain != nullptr && *plain == text);
        if (!pipeline::has_template(text)) MLO_ASSERT(plain != nullptr && plain->size() <= text.size());
        const auto command = pipeline::resolve_command(document.root(), context, {});
        if (plain != nullptr) MLO_ASSERT(command == *plain);
        MLO_ASSERT(is_valid_utf8(command));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || error.place() != "input:1:1") throw;
    }
    return 0;
}
