// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/util/errors.hpp>
#include <seeded.hpp>
#include <stop_token>
#include <temporary_folder.hpp>

namespace mlo::test {
namespace {

using remote::Key;
using remote::PutResult;
namespace errors = remote::errors;

/// A remote in the folder `r` of a temporary folder, which the first put makes.
class FolderFixture : public TemporaryFolder {
public:
    [[nodiscard]] std::unique_ptr<remote::Remote> connect(std::string_view folder = "r") {
        return remote::open_remote(path(folder), {"/", traffic_},
                                   {.fs = real_fs(),
                                    .clock = system_clock(),
                                    .random = random_,
                                    .log = silent_log(),
                                    .progress = silent_progress(),
                                    .stop = stop_.get_token(),
                                    .jobs = 1});
    }
    void request_stop() { stop_.request_stop(); }

    [[nodiscard]] std::uint32_t mode(std::string_view relative) const {
        struct stat status {};
        REQUIRE(::lstat(path(relative).c_str(), &status) == 0);
        return status.st_mode & 07777u;
    }
    [[nodiscard]] std::size_t files_below(std::string_view relative) const {
        std::size_t count = 0;
        if (std::filesystem::exists(path(relative)))
            for (const auto& each : std::filesystem::recursive_directory_iterator{path(relative)})
                count += each.is_regular_file() ? 1u : 0u;
        return count;
    }
    /// Makes a file that old.
    void age(std::string_view relative, std::chrono::seconds by) const {
        struct timespec now {};
        ::clock_gettime(CLOCK_REALTIME, &now);
        const timespec then{now.tv_sec - by.count(), 0};
        const timespec times[] = {then, then};
        REQUIRE(::utimensat(AT_FDCWD, path(relative).c_str(), times, 0) == 0);
    }

private:
    SeededRandom random_{1};
    remote::Traffic traffic_;
    std::stop_source stop_;
};

class Umask {
public:
    explicit Umask(mode_t mask) : old_{::umask(mask)} {}
    ~Umask() { ::umask(old_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

private:
    mode_t old_;
};

PutResult put(remote::Remote& remote, std::string_view key, std::string_view value = "value") {
    return remote::put_bytes(remote, Key{key}, as_bytes(value));
}

constexpr std::chrono::hours day{24};

}  // namespace

TEST_CASE_METHOD(FolderFixture, "The first put makes the folder, but nothing above it") {
    CHECK(put(*connect(), "packs/a") == PutResult::created);
    CHECK(read("r/packs/a") == "value");
    const auto far = connect("no/such");
    for (const auto& action : std::initializer_list<std::function<void()>>{
             [&] { static_cast<void>(put(*far, "a")); }, [&] { static_cast<void>(far->stat(Key{"a"})); },
             [&] { far->list({}, [](const auto&) {}); }, [&] { far->remove(Key{"a"}); }})
        CHECK(failure([&] { return action(), 0; }) == errors::no_such_place.id);
}

TEST_CASE_METHOD(FolderFixture, "Reading from a folder that is not there names it, as an unmounted drive") {
    const auto error = error_of([&] { return remote::get_bytes(*connect(), Key{"format"}, 100); });
    REQUIRE(error);
    CHECK(error->code().id == errors::no_such_place.id);
    CHECK(error->message() == "there is no folder '" + path("r") + "'");
    CHECK(error_of([&] { return remote::find_bytes(*connect(), Key{"format"}, 100); })->code().id ==
          errors::no_such_place.id);
}

TEST_CASE_METHOD(FolderFixture, "A put leaves one read-only file and no temporary one") {
    const Umask umask{022};
    const auto remote = connect();
    static_cast<void>(put(*remote, "packs/a"));
    static_cast<void>(put(*remote, "packs/a"));
    CHECK(files_below("r") == 1);
    CHECK(files_below("r/.tmp") == 0);
    CHECK(mode("r/packs/a") == 0444);
    struct stat status {};
    REQUIRE(::stat(path("r/packs/a").c_str(), &status) == 0);
    CHECK(status.st_nlink == 1);
}

TEST_CASE_METHOD(FolderFixture, "What is made has the access of the remote's folder, whatever the umask") {
    std::filesystem::create_directory(path("r"));
    REQUIRE(::chmod(path("r").c_str(), 02770) == 0);
    const Umask umask{077};
    static_cast<void>(put(*connect(), "packs/ab/c"));
    CHECK((mode("r/packs") & 0777u) == 0770);
    CHECK((mode("r/packs/ab") & 0777u) == 0770);
    CHECK((mode("r/packs") & 02000u) != 0);
    CHECK((mode("r/.tmp") & 0777u) == 0770);
    CHECK(mode("r/packs/ab/c") == 0440);
}

TEST_CASE_METHOD(FolderFixture, "A local file is stored as a copy: it can change without the remote") {
    write("local", std::string(300'000, 'x'));
    remote::FileSource source{open()->open("local")};
    CHECK(connect()->put(Key{"packs/a"}, source) == PutResult::created);
    CHECK(read("r/packs/a") == std::string(300'000, 'x'));
    std::ofstream{path("local"), std::ios::in}.write("yyyy", 4);
    CHECK(read("r/packs/a") == std::string(300'000, 'x'));
}

TEST_CASE_METHOD(FolderFixture, "A file that shrinks while it is stored is refused") {
    write("local", std::string(3u << 20, 'x'));
    remote::FileSource source{open()->open("local")};
    std::filesystem::resize_file(path("local"), 1u << 20);
    CHECK(failure([&] { return connect()->put(Key{"packs/a"}, source); }) == errors::source_changed.id);
    CHECK(files_below("r") == 0);
}

TEST_CASE_METHOD(FolderFixture, "No symbolic link below the folder is followed, the folder itself may be one") {
    write("victim/secret", "secret");
    std::filesystem::create_directory(path("real"));
    std::filesystem::create_directory_symlink("real", path("r"));
    const auto remote = connect();
    static_cast<void>(put(*remote, "index/a"));
    CHECK(read("real/index/a") == "value");

    std::filesystem::create_directory_symlink(path("victim"), path("r/packs"));
    std::filesystem::create_symlink(path("victim/secret"), path("r/index/secret"));
    CHECK(failure([&] { return remote::get_bytes(*remote, Key{"packs/secret"}, 100); }) ==
          mlo::errors::leads_outside.id);
    CHECK(failure([&] { return remote->stat(Key{"packs/secret"}); }) == mlo::errors::leads_outside.id);
    CHECK(error_of([&] { return put(*remote, "packs/new"); }).has_value());
    CHECK(error_of([&] { return remote->remove(Key{"packs/secret"}), 0; }).has_value());
    for (const auto& action : std::initializer_list<std::function<void()>>{
             [&] { static_cast<void>(remote::get_bytes(*remote, Key{"index/secret"}, 100)); },
             [&] { static_cast<void>(remote->stat(Key{"index/secret"})); },
             [&] { static_cast<void>(put(*remote, "index/secret")); },
             [&] {
                 remote::BytesSource source{"other"};
                 remote->replace(Key{"index/secret"}, source);
             }})
        CHECK(failure([&] { return action(), 0; }) == mlo::errors::not_a_regular_file.id);
    std::vector<std::string> keys;
    remote->list({}, [&](const remote::Listed& listed) { keys.push_back(listed.key.text()); });
    CHECK(keys == std::vector<std::string>{"index/a"});
    CHECK(read("victim/secret") == "secret");
    CHECK(files_below("victim") == 1);
}

TEST_CASE_METHOD(FolderFixture, "A pipe in the place of a value is refused without waiting for its other end") {
    static_cast<void>(put(*connect(), "index/a"));
    REQUIRE(::mkfifo(path("r/index/p").c_str(), 0666) == 0);
    CHECK(failure([&] { return remote::get_bytes(*connect(), Key{"index/p"}, 100); }) ==
          mlo::errors::not_a_regular_file.id);
    CHECK(failure([&] { return put(*connect(), "index/p"); }) == mlo::errors::not_a_regular_file.id);
}

TEST_CASE_METHOD(FolderFixture, "Files of others in the folder are neither listed nor touched") {
    const auto remote = connect();
    static_cast<void>(put(*remote, "index/a"));
    write("r/.DS_Store", "x");
    write("r/Thumbs.db", "x");
    write("r/lost+found/x", "x");
    write("r/index/a.part~", "x");
    std::size_t count = 0;
    remote->list({}, [&](const remote::Listed&) { ++count; });
    CHECK(count == 1);
    CHECK(read("r/lost+found/x") == "x");
}

TEST_CASE_METHOD(FolderFixture, "Unfinished uploads of the dead are cleared away, those of the living are not") {
    const auto remote = connect();
    static_cast<void>(put(*remote, "a"));
    for (const auto* const name : {"dead", "young", "locked", "ancient"}) write(std::string{"r/.tmp/"} + name, "part");
    age("r/.tmp/dead", day);
    age("r/.tmp/locked", day);
    age("r/.tmp/ancient", 8 * day);
    const auto uploads = open()->open_dir("r/.tmp");
    const auto locked = uploads->open_lock("locked");
    REQUIRE(locked->try_lock(LockMode::exclusive));
    // A put that has nothing to store does not look; nor does the same process a second time.
    static_cast<void>(put(*remote, "a"));
    static_cast<void>(put(*remote, "b"));
    CHECK(files_below("r/.tmp") == 4);
    static_cast<void>(put(*connect(), "c"));
    CHECK_FALSE(uploads->stat("dead"));
    CHECK_FALSE(uploads->stat("ancient"));
    CHECK(uploads->stat("young"));
    CHECK(uploads->stat("locked"));
}

TEST_CASE_METHOD(FolderFixture, "A requested stop ends a transfer and leaves nothing") {
    const auto remote = connect();
    static_cast<void>(put(*remote, "a"));
    request_stop();
    CHECK(failure([&] { return put(*remote, "b"); }) == mlo::errors::interrupted.id);
    CHECK(failure([&] { return remote::get_bytes(*remote, Key{"a"}, 100); }) == mlo::errors::interrupted.id);
    CHECK(files_below("r") == 1);
}

TEST_CASE_METHOD(FolderFixture, "A value tells when it was stored, by the clock of the file system") {
    const auto remote = connect();
    static_cast<void>(put(*remote, "a"));
    age("r/a", day);
    struct stat status {};
    REQUIRE(::stat(path("r/a").c_str(), &status) == 0);
    CHECK(remote->stat(Key{"a"})->modified == Timestamp{std::chrono::seconds{status.st_mtim.tv_sec}});
}

}  // namespace mlo::test
