// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/track/travel.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

#include "outsourced.hpp"

namespace mlo::track {

std::vector<store::ObjectRef> objects_of(const RunDocument& run, Extent extent) {
    std::vector<store::ObjectRef> refs;
    const auto add = [&](const std::optional<store::ObjectId>& id) {
        if (id) refs.push_back({*id, store::ObjectKind::blob});
    };
    add(run.series);
    add(run.log);
    add(run.source.diff);
    for (const auto& [name, id] : run.packages) add(id);
    if (extent == Extent::shown) return refs;
    for (const auto& output : run.outputs) refs.push_back({output.id, output.kind});
    for (const auto& input : run.inputs)  // what was merely there is not kept for its sake
        if (input.role != InputRole::present) refs.push_back({input.id, input.kind});
    return refs;
}

std::string outsourced(const store::ObjectId& id) {
    json::CanonicalWriter writer;
    writer.begin_object().key("document").string(id.to_string()).key("schema").string("mlo/run-v1").end_object();
    return writer.take();
}

std::optional<store::ObjectId> find_outsourced(std::string_view body, std::string_view name) {
    constexpr std::size_t longest = 200;
    if (body.size() > longest || !body.starts_with("{\"document\":")) return std::nullopt;
    const auto document = json::parse(body, name);
    document.root().allow_only({"document", "schema"});
    return store::ObjectId::parse(document.root().get("document").as_string());
}

ShownObjects shown_objects(const ledger::Event& event, std::string_view body, store::ObjectStore& objects) {
    if (event.kind != "run.sealed") return {};
    try {
        const auto blob = find_outsourced(body, event.subject);
        if (!blob) return {objects_of(parse_run(body, event.subject), Extent::shown)};
        ShownObjects shown{{{*blob, store::ObjectKind::blob}}, false};
        if (!objects.contains(*blob)) return shown;
        const auto bytes = objects.read_all(*blob, max_document_bytes);
        for (const auto& object : objects_of(parse_run(as_text(bytes), event.subject), Extent::shown))
            shown.objects.push_back(object);
        shown.is_all = true;
        return shown;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::config) throw;
        return {};
    }
}

}  // namespace mlo::track
