// SPDX-License-Identifier: Apache-2.0
#include "sftp_wire.hpp"

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/errors.hpp>

namespace mlo::net {
namespace {

using test::failure;

Bytes bytes(std::initializer_list<int> values) {
    Bytes result;
    for (const auto value : values) result.push_back(static_cast<std::byte>(value));
    return result;
}

ByteView without_length(const Bytes& packet) { return ByteView{packet}.subspan(4); }

/// The packet that a server would send, without its length.
template <class Fill>
Bytes answer(SftpType type, Fill fill) {
    SftpWriter writer{type};
    fill(writer);
    const auto packet = std::move(writer).finish();
    const auto rest = without_length(packet);
    return {rest.begin(), rest.end()};
}

}  // namespace

TEST_CASE("An SFTP packet has its length, its type, and big-endian fields") {
    SftpWriter writer{SftpType::read};
    writer.number(1).string("hi").large(0x0102030405060708).number(0x8000);
    const auto packet = std::move(writer).finish();
    CHECK(packet == bytes({0, 0, 0, 23, 5, 0, 0, 0, 1, 0, 0, 0, 2, 'h', 'i', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x80, 0}));
    SftpWriter init{SftpType::init};
    CHECK(std::move(init.number(3)).finish(10) == bytes({0, 0, 0, 15, 1, 0, 0, 0, 3}));
    SftpWriter modes{SftpType::mkdir};
    modes.mode({}).mode(0755);
    const auto with_mode = std::move(modes).finish();
    CHECK(with_mode == bytes({0, 0, 0, 13, 14, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 1, 0xed}));
}

TEST_CASE("A server's version says what it offers, if it is a version of that which is known") {
    const auto packet = answer(SftpType::version, [](SftpWriter& writer) {
        writer.number(3).string("posix-rename@openssh.com").string("1").string("fsync@openssh.com").string("2");
        writer.string("statvfs@openssh.com")
            .string("2")
            .string("vendor-id")
            .string("\xff\0x")
            .string("limits@openssh.com")
            .string("1");
    });
    const auto version = parse_sftp_version(packet, "h");
    CHECK(version.version == 3);
    CHECK(version.extensions.posix_rename);
    CHECK_FALSE(version.extensions.fsync);
    CHECK(version.extensions.statvfs);
    CHECK(version.has_limits);
    CHECK(failure([&] { return parse_sftp_version(ByteView{packet}.first(packet.size() - 1), "h"); }) ==
          errors::not_sftp.id);
    CHECK(failure([&] { return parse_sftp_version(bytes({101, 0, 0, 0, 3}), "h"); }) == errors::not_sftp.id);
    CHECK(failure([&] { return parse_sftp_version({}, "h"); }) == errors::not_sftp.id);
}

TEST_CASE("Each kind of SFTP answer is read") {
    auto got = parse_sftp_answer(
        answer(SftpType::status, [](auto& w) { w.number(7).number(3).string("no").string("en"); }), "h");
    CHECK(got.id == 7);
    CHECK(got.answer.status == SftpStatus::permission_denied);
    CHECK(got.answer.message == "no");
    // Versions before 3 have no words.
    CHECK(parse_sftp_answer(bytes({101, 0, 0, 0, 9, 0, 0, 0, 1}), "h").answer.status == SftpStatus::eof);

    got = parse_sftp_answer(answer(SftpType::handle, [](auto& w) { w.number(1).string(std::string("\0h", 2)); }), "h");
    CHECK(got.answer.handle == std::string("\0h", 2));
    CHECK(got.answer.is_ok());

    got = parse_sftp_answer(answer(SftpType::data, [](auto& w) { w.number(1).string("data"); }), "h");
    CHECK(as_text(got.answer.data) == "data");

    got = parse_sftp_answer(
        answer(SftpType::attrs, [](auto& w) { w.number(1).number(0xd).large(5).number(0100644).number(1).number(2); }),
        "h");
    CHECK(got.answer.attributes.size_bytes == 5u);
    CHECK(got.answer.attributes.kind() == SftpKind::regular);
    CHECK(got.answer.attributes.mtime == 2u);

    got = parse_sftp_answer(
        answer(SftpType::name,
               [](auto& w) {
                   w.number(1).number(2).string("a").string("-rw").number(4).number(0040755);
                   w.string("b").string("").number(0x80000002).large(0).number(1).string("x").string("y");
               }),
        "h");
    REQUIRE(got.answer.names.size() == 2);
    CHECK(got.answer.names[0].attributes.kind() == SftpKind::directory);
    CHECK(got.answer.names[1].name == "b");
    CHECK(got.answer.names[1].attributes.kind() == SftpKind::unknown);
}

TEST_CASE("Attributes of links and devices are of another kind") {
    CHECK(SftpAttributes{.mode = 0120777}.kind() == SftpKind::other);
    CHECK(SftpAttributes{.mode = 0060644}.kind() == SftpKind::other);
    CHECK(SftpAttributes{.mode = 0644}.kind() == SftpKind::unknown);
    CHECK(SftpAttributes{}.kind() == SftpKind::unknown);
}

TEST_CASE("What is cut short, too long or of no known type is no SFTP answer") {
    const auto whole = answer(SftpType::name, [](auto& w) {
        w.number(1)
            .number(1)
            .string("name")
            .string("long")
            .number(0xf)
            .large(1)
            .number(2)
            .number(3)
            .number(4)
            .number(5)
            .number(6);
    });
    static_cast<void>(parse_sftp_answer(whole, "h"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        CHECK(failure([&] { return parse_sftp_answer(ByteView{whole}.first(size), "h"); }) == errors::not_sftp.id);
    }
    // A count that the packet cannot hold.
    CHECK(failure([&] {
              return parse_sftp_answer(bytes({104, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff}), "h");
          }) == errors::not_sftp.id);
    CHECK(failure([&] { return parse_sftp_answer(bytes({77, 0, 0, 0, 1}), "h"); }) == errors::not_sftp.id);
    const auto handle = answer(SftpType::handle, [](auto& w) { w.number(1).string(std::string(257, 'h')); });
    CHECK(failure([&] { return parse_sftp_answer(handle, "h"); }) == errors::not_sftp.id);
}

TEST_CASE("Limits hold for both sides") {
    const auto limits = [](std::uint64_t read, std::uint64_t write) {
        auto data = answer(SftpType::data, [&](auto& w) { w.large(1u << 18).large(read).large(write).large(5); });
        data.erase(data.begin());
        SftpExtensions extensions;
        take_sftp_limits(data, extensions);
        return std::pair{extensions.max_read_bytes, extensions.max_write_bytes};
    };
    CHECK(limits(261'120, 65'536) == std::pair{261'120u, 65'536u});
    CHECK(limits(0, 0) == std::pair{32'768u, 32'768u});
    CHECK(limits(1ull << 40, 1ull << 40) == std::pair{261'120u, 261'120u});
    SftpExtensions extensions;
    take_sftp_limits(bytes({1, 2, 3}), extensions);
    CHECK(extensions.max_read_bytes == 32'768u);
}

TEST_CASE("A file system says what room it has") {
    const auto room = [](std::uint64_t fragment, std::uint64_t available, std::uint64_t flags) {
        auto data = answer(SftpType::data, [&](auto& w) {
            w.large(4096)
                .large(fragment)
                .large(9)
                .large(9)
                .large(available)
                .large(9)
                .large(9)
                .large(9)
                .large(9)
                .large(flags)
                .large(255);
        });
        data.erase(data.begin());
        return parse_sftp_room(data);
    };
    CHECK(room(512, 3, 0)->free_bytes == 1536);
    CHECK_FALSE(room(512, 3, 2)->is_read_only);
    CHECK(room(512, 3, 3)->is_read_only);
    CHECK_FALSE(room(1ull << 40, 1ull << 40, 0).has_value());
    CHECK_FALSE(parse_sftp_room(bytes({1})).has_value());
}

TEST_CASE("Packets are cut out of what arrives, however it comes") {
    Bytes stream;
    for (const std::string_view text : {"a", "bcd", "", "efgh"}) {
        SftpWriter writer{SftpType::data};
        append(stream, std::move(writer.string(text)).finish());
    }
    for (const std::size_t step : {1u, 2u, 3u, 7u, 100u}) {
        SftpCutter cutter;
        std::string found;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            const auto part = ByteView{stream}.subspan(at, std::min(step, stream.size() - at));
            std::copy(part.begin(), part.end(), cutter.room().begin());
            cutter.arrived(part.size());
            while (const auto packet = cutter.next("h")) found += std::string{as_text(packet->subspan(5))} + ";";
        }
        CHECK(found == "a;bcd;;efgh;");
        CHECK(cutter.rest().empty());
    }
}

TEST_CASE("What a script prints is no packet, and is told") {
    const auto refusal = [](std::string_view text) {
        SftpCutter cutter;
        std::copy(as_bytes(text).begin(), as_bytes(text).end(), cutter.room().begin());
        cutter.arrived(text.size());
        return test::error_of([&] { return cutter.next("ada@h"); });
    };
    const auto error = refusal("\nWelcome to\x07 h!\nsecond");
    REQUIRE(error);
    CHECK(error->code().id == errors::not_sftp.id);
    CHECK(error->message().find("'ada@h'") != std::string::npos);
    CHECK(error->notes().empty());  // a bell is nothing to repeat
    CHECK(refusal("\nWelcome to h!\nsecond")->notes() == std::vector<std::string>{"it begins: 'Welcome to h!'"});
    CHECK(refusal(std::string_view{"\0\0\0\0x", 5}));
    CHECK(refusal(std::string_view{"\0\4\0\1x", 5}));
    CHECK_FALSE(refusal(std::string_view{"\0\4\0\0x", 5}));
}

}  // namespace mlo::net
