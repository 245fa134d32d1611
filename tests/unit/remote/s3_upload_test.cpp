// SPDX-License-Identifier: Apache-2.0
#include <s3_upload.hpp>

#include <catch2/catch.hpp>
#include <mlo/util/runtime.hpp>
#include <string>

namespace mlo::test {
namespace {

const std::string pack = "packs/" + std::string(64, 'a');

/// The ids of what is aborted 8 days after 2026-05-01, of uploads with these keys, in order from 0 on.
std::string aborted(std::string_view prefix, const std::vector<std::string>& keys,
                    std::string_view begun = "2026-05-01T00:00:00.000Z") {
    std::string text = "<ListMultipartUploadsResult>";
    for (std::size_t i = 0; i < keys.size(); ++i)
        text += "<Upload><Key>" + keys[i] + "</Key><UploadId>" + std::to_string(i) + "</UploadId><Initiated>" +
                std::string{begun} + "</Initiated></Upload>";
    const net::XmlDocument document{text + "</ListMultipartUploadsResult>", "the listing"};
    const auto now = parse_rfc3339("2026-05-09T00:00:00Z");
    std::string ids;
    for (const auto& each : remote::stale_uploads(document.root(), prefix, *now)) ids += each.id + ' ';
    return ids;
}

TEST_CASE("of a bucket only uploads of our own packs are aborted, once they are a week old") {
    CHECK(aborted("", {pack, "project2/" + pack, "packs/x", "backup.tar", pack + "0",
                       "packs/" + std::string(64, 'A')}) == "0 ");
    CHECK(aborted("p/", {pack, "p/" + pack, "p2/" + pack, "p/x/" + pack, "p/index/" + std::string(64, 'a')}) == "1 ");
    CHECK(aborted("", {pack}, "2026-05-01T23:59:59.000Z") == "0 ");
    CHECK(aborted("", {pack}, "2026-05-02T00:00:00.000Z").empty());
    CHECK(aborted("", {pack}, "some day").empty());
    CHECK(aborted("", {}).empty());
}

}  // namespace
}  // namespace mlo::test
