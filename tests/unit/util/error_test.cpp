// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cerrno>
#include <failure.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <set>

using namespace mlo;
using mlo::test::error_of;
using mlo::test::failure;

namespace {

constexpr ErrorCode all_codes[] = {
#define MLO_ERROR(name, id, kind, cause, cure) errors::name,
#include <mlo/util/errors.def>
#undef MLO_ERROR
};

}  // namespace

TEST_CASE("an error gathers context on its way up, and the innermost place and hint win") {
    const auto error = Error{errors::lock_held, "message"}
                           .at("inner:1:2")
                           .at("outer")
                           .note("first")
                           .hint("mlo inner")
                           .note("second")
                           .hint("mlo outer");
    CHECK(error.code().id == "U008");
    CHECK(error.kind() == ErrorKind::locked);
    CHECK(error.message() == "message");
    CHECK(std::string{error.what()} == "message");
    CHECK(error.place() == "inner:1:2");
    CHECK(error.hint_text() == "mlo inner");
    CHECK(error.notes() == std::vector<std::string>{"first", "second"});
}

TEST_CASE("context can be added to a caught error") {
    const auto error = error_of([]() -> int {
        try {
            throw Error{errors::no_space, "message"};
        } catch (Error& caught) {
            caught.at("place").note("note").hint("hint");
            throw;
        }
    });
    REQUIRE(error);
    CHECK(error->place() == "place");
    CHECK(error->notes() == std::vector<std::string>{"note"});
    CHECK(error->hint_text() == "hint");
}

TEST_CASE("a violated assumption is an internal error that names the condition and the place") {
    const auto error = error_of([] {
        MLO_ASSERT(1 + 1 == 3);
        return 0;
    });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::internal);
    CHECK(error->message() == "internal check failed: 1 + 1 == 3");
    CHECK_THAT(error->place(), Catch::Contains("error_test.cpp:"));
    CHECK(failure([] {
              MLO_ASSERT(1 + 1 == 2);
              return 0;
          }) == "none");
}

TEST_CASE("the system's error numbers have the codes that users can act on") {
    const auto id = [](int number) { return failure([=]() -> int { throw_system_error(number, "open", "x"); }); };
    for (const int number : {ENOENT, ENOTDIR}) CHECK(id(number) == errors::path_not_found.id);
    for (const int number : {EACCES, EPERM, EROFS}) CHECK(id(number) == errors::permission_denied.id);
    for (const int number : {ENOSPC, EDQUOT}) CHECK(id(number) == errors::no_space.id);
    for (const int number : {EEXIST, ENOTEMPTY}) CHECK(id(number) == errors::already_exists.id);
    for (const int number : {ELOOP, EXDEV}) CHECK(id(number) == errors::leads_outside.id);
    for (const int number : {EIO, EMFILE, ENAMETOOLONG, EINVAL}) CHECK(id(number) == errors::system_call.id);
}

TEST_CASE("a system error names the operation, the path and the reason") {
    const auto error = error_of([]() -> int { throw_system_error(ENOSPC, "write", "a\nb"); });
    REQUIRE(error);
    CHECK(error->message() == "cannot write 'a\\nb': No space left on device");
}

TEST_CASE("the exit code follows from the kind") {
    CHECK(exit_code_of(ErrorKind::usage) == 2);
    CHECK(exit_code_of(ErrorKind::config) == 2);
    CHECK(exit_code_of(ErrorKind::internal) == 70);
    for (const auto kind : {ErrorKind::not_found, ErrorKind::conflict, ErrorKind::corrupt, ErrorKind::io,
                            ErrorKind::network, ErrorKind::auth, ErrorKind::locked, ErrorKind::unsupported})
        CHECK(exit_code_of(kind) == 1);
}

TEST_CASE("every kind has a name of its own") {
    std::set<std::string_view> names;
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind)
        names.insert(to_string(static_cast<ErrorKind>(kind)));
    CHECK(names == std::set<std::string_view>{"usage", "config", "not_found", "conflict", "corrupt", "io", "network",
                                              "auth", "locked", "unsupported", "internal"});
}

TEST_CASE("every code has an id of its own and says cause and cure in sentences") {
    std::set<std::string_view> ids;
    for (const auto& code : all_codes) {
        CAPTURE(code.id);
        CHECK(ids.insert(code.id).second);
        REQUIRE(code.id.size() == 4);
        CHECK(code.id[0] == 'U');
        CHECK(code.id.find_first_not_of("0123456789", 1) == code.id.npos);
        CHECK(code.cause.ends_with('.'));
        CHECK(code.cure.ends_with('.'));
    }
}
