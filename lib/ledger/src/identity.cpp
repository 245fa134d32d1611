// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/ledger/identity.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/text.hpp>

namespace mlo::ledger {
namespace {

constexpr std::string_view file_name = "identity";
constexpr std::size_t clone_digits = 32;

std::string machine_id(Fs& fs) {
    try {
        const std::string text{trim(read_file(*fs.open_root("/etc"), "machine-id", 256))};
        return text.empty() || text.find_first_of(" \n") != text.npos ? "-" : text;
    } catch (const Error&) {
        return "-";  // a container without one
    }
}

/// All but the clone id: what must still hold for the id to be believed.
std::string circumstances(Dir& folder, Fs& fs) {
    const auto self = folder.stat_self();
    return fmt::format("machine {}\ndevice {}\ninode {}\n", machine_id(fs), self.device, self.inode);
}

}  // namespace

std::string clone_id(Dir& folder, const Runtime& runtime) {
    const std::string before = "mlo identity 1\nclone ";
    const auto after = "\n" + circumstances(folder, runtime.fs);
    const auto has_form = [&](const std::string& text) {
        return text.size() == before.size() + clone_digits + after.size() && text.starts_with(before) &&
               text.ends_with(after) &&
               text.find_first_not_of("0123456789abcdef", before.size()) == before.size() + clone_digits;
    };
    if (folder.stat(file_name)) {
        const auto text = read_file(folder, file_name, 4096);
        if (has_form(text)) return text.substr(before.size(), clone_digits);
        runtime.log.log(LogLevel::info, "this clone was copied or moved: it gets an id of its own");
    }
    auto id = runtime.random.hex(clone_digits / 2);
    write_file_atomically(folder, file_name, before + id + after, 0600, runtime.random);
    return id;
}

std::string renew_clone_id(Dir& folder, const Runtime& runtime) {
    if (folder.stat(file_name)) folder.remove(file_name);
    return clone_id(folder, runtime);
}

}  // namespace mlo::ledger
