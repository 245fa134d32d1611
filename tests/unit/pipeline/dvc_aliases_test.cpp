// SPDX-License-Identifier: Apache-2.0
#include "dvc_aliases.hpp"

#include <catch2/catch.hpp>

#include "ledger_fixture.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

const std::string file_name(32, '1');
const std::string folder_name = std::string(32, '2') + ".dir";

using Objects = std::vector<store::ObjectRef>;

}  // namespace

TEST_CASE("what was published of a name is found, the newest first, each once") {
    test::Place place;
    DvcAliases aliases{place.ledger, test::ada};
    CHECK(aliases.find(file_name).empty());
    const auto tree = test::object("tree", store::ObjectKind::tree);
    aliases.publish({{file_name, test::object("a")}, {folder_name, tree}, {file_name, test::object("a")}});
    CHECK(place.content().size() == 2);
    CHECK(aliases.find(file_name) == Objects{test::object("a")});
    CHECK(aliases.find(folder_name) == Objects{tree});
    place.clock.sleep(std::chrono::seconds{1}, {});
    // Links and empty folders are nothing to DVC: several trees may have one name.
    const auto other = test::object("other tree", store::ObjectKind::tree);
    DvcAliases of_bob{place.ledger, test::bob};
    of_bob.publish({{folder_name, other}, {file_name, test::object("a")}});
    CHECK(place.content().size() == 3);
    CHECK(aliases.find(folder_name) == Objects{other, tree});
}

TEST_CASE("its object is a root: gc keeps it and push sends it") {
    test::Place place;
    DvcAliases{place.ledger, test::ada}.publish({{file_name, test::object("a")}});
    CHECK(place.ledger.roots() == Objects{test::object("a")});
}

TEST_CASE("what somebody else wrote under a name's subject is no alias") {
    test::Place place;
    DvcAliases aliases{place.ledger, test::ada};
    const auto subject = "md5:" + folder_name;
    place.add(test::bob, test::sealed(subject, {test::object("t", store::ObjectKind::tree)}));
    place.add(test::bob, {.kind = "object.alias", .subject = subject, .ids = {}, .body = {}});
    place.add(test::bob, {.kind = "object.alias", .subject = subject, .ids = {test::object("file")}, .body = {}});
    CHECK(aliases.find(folder_name).empty());
    const auto tree = test::object("t", store::ObjectKind::tree);
    const auto event = place.add(test::bob, {.kind = "object.alias", .subject = subject, .ids = {tree}, .body = {}});
    CHECK(aliases.find(folder_name) == Objects{tree});
    place.ledger.retract(test::bob, {event.writer, event.seq});
    CHECK(aliases.find(folder_name).empty());
}
