// SPDX-License-Identifier: Apache-2.0
// What the kill driver's own test lets it trace: victim calls FOLDER | threads FOLDER THREADS FILES | children FOLDER
// CHILDREN | copy FOLDER SIZE. Every system call is made directly, so that the number of calls is known.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

void require(long result) {
    if (result < 0) ::_exit(3);
}

int create(const std::string& path, std::uint64_t flags) {
    open_how how{};
    how.flags = flags;
    how.mode = (flags & O_CREAT) != 0 ? 0666 : 0;
    const auto descriptor = ::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how);
    require(descriptor);
    return static_cast<int>(descriptor);
}

/// 14 counted calls, and some that must not be.
int make_calls(const std::string& folder) {
    const int file = create(folder + "/a", O_RDWR | O_CREAT);
    require(::write(file, "abcd", 4));
    require(::pwrite(file, "e", 1, 4));
    require(::fchmod(file, 0600));
    require(::ftruncate(file, 3));
    require(::fsync(file));
    char byte = 0;
    require(::pread(file, &byte, 1, 0));
    ::close(file);
    ::close(create(folder + "/a", O_RDONLY));
    const int again = ::open((folder + "/a").c_str(), O_RDONLY);
    require(again);
    ::close(again);
    require(::rename((folder + "/a").c_str(), (folder + "/b").c_str()));
    require(::link((folder + "/b").c_str(), (folder + "/c").c_str()));
    require(::symlink("b", (folder + "/d").c_str()));
    require(::unlink((folder + "/c").c_str()));
    require(::mkdir((folder + "/e").c_str(), 0777));
    require(::rmdir((folder + "/e").c_str()));
    const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
    require(::fsync(parent));
    require(::syncfs(parent));
    ::close(parent);
    return 0;
}

/// Two counted calls for each file.
int make_threads(const std::string& folder, int threads, int files) {
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number) {
        running.emplace_back([=] {
            for (int i = 0; i < files; ++i) {
                const int file =
                    create(folder + "/" + std::to_string(number) + "-" + std::to_string(i), O_WRONLY | O_CREAT);
                require(::write(file, "x", 1));
                ::close(file);
            }
        });
    }
    for (auto& thread : running) thread.join();
    return 0;
}

/// One counted call for each child, made by the child; even ones run as a program of their own.
int make_children(const char* self, const std::string& folder, int children) {
    for (int number = 0; number < children; ++number) {
        const auto child = ::fork();
        require(child);
        const auto path = folder + "/" + std::to_string(number);
        if (child == 0 && number % 2 == 0) ::execl(self, self, "mkdir", path.c_str(), nullptr);
        if (child == 0) ::_exit(::mkdir(path.c_str(), 0777) == 0 ? 0 : 3);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (status != 0) return 3;
    }
    return 0;
}

/// Writes in pieces of 1,000 bytes and goes on after short writes and interruptions.
int copy(const std::string& folder, std::size_t size) {
    const int file = create(folder + "/copy", O_WRONLY | O_CREAT);
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
    for (std::size_t done = 0; done < size;) {
        const auto count = ::write(file, text.data() + done, std::min<std::size_t>(1000, size - done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return 4;
        done += static_cast<std::size_t>(count);
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return 2;
    const std::string_view mode{words[1]};
    const std::string folder{words[2]};
    if (mode == "mkdir") return ::mkdir(words[2], 0777) == 0 ? 0 : 3;
    if (mode == "calls") return make_calls(folder);
    if (mode == "threads" && count == 5) return make_threads(folder, std::stoi(words[3]), std::stoi(words[4]));
    if (mode == "children" && count == 4) return make_children(words[0], folder, std::stoi(words[3]));
    if (mode == "copy" && count == 4) return copy(folder, static_cast<std::size_t>(std::stoi(words[3])));
    return 2;
}
