// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/tree.hpp>

#include <fmt/format.h>

#include <mlo/store/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::string_view header_prefix = "mlo tree ";
constexpr std::string_view header = "mlo tree 1\n";
constexpr std::size_t max_name_size = 255;
constexpr std::size_t max_target_size = 4095;

char letter_of(EntryKind kind) noexcept {
    switch (kind) {
        case EntryKind::file:
            return 'f';
        case EntryKind::directory:
            return 'd';
        case EntryKind::symlink:
            return 'l';
    }
    return '?';
}

std::string_view target_problem(std::string_view target) noexcept {
    if (target.empty()) return "an empty symbolic link";
    if (target.size() > max_target_size) return "a symbolic link of over 4095 bytes";
    if (target.find('\0') != std::string_view::npos) return "a symbolic link with a NUL byte";
    return {};
}

}  // namespace

std::string_view to_string(EntryKind kind) noexcept {
    switch (kind) {
        case EntryKind::directory:
            return "directory";
        case EntryKind::symlink:
            return "symlink";
        case EntryKind::file:
            break;
    }
    return "file";
}

std::string_view tree_name_problem(std::string_view name) noexcept {
    if (name.empty()) return "it is empty";
    if (name == "." || name == "..") return "it stands for a folder itself";
    if (name.size() > max_name_size) return "it has over 255 bytes";
    if (name.find('/') != std::string_view::npos) return "it holds a '/'";
    if (name.find('\0') != std::string_view::npos) return "it holds a NUL byte";
    return {};
}

TreeWriter::TreeWriter() { append(bytes_, as_bytes(header)); }

void TreeWriter::add(const TreeEntry& entry) {
    if (const auto problem = tree_name_problem(entry.name); !problem.empty())
        throw Error{errors::tree_invalid, fmt::format("the name {} cannot be stored: {}", quoted(entry.name), problem)};
    if (bytes_.size() > header.size() && entry.name <= last_name_)
        throw Error{errors::tree_invalid,
                    fmt::format("the name {} comes out of order after {}", quoted(entry.name), quoted(last_name_))};
    const bool is_link = entry.kind == EntryKind::symlink;
    if (const auto problem = is_link ? target_problem(entry.target) : std::string_view{}; !problem.empty())
        throw Error{errors::tree_invalid, fmt::format("{} is {}", quoted(entry.name), problem)};

    bytes_.push_back(static_cast<std::byte>(letter_of(entry.kind)));
    bytes_.push_back(static_cast<std::byte>(entry.kind == EntryKind::file && entry.executable == Executable::yes));
    append_le(bytes_, static_cast<std::uint16_t>(entry.name.size()));
    append_le(bytes_, is_link ? std::uint64_t{entry.target.size()} : entry.size_bytes);
    append(bytes_, as_bytes(entry.name));
    if (is_link)
        append(bytes_, as_bytes(entry.target));
    else
        append(bytes_, entry.id.binary());
    last_name_ = entry.name;
}

TreeReader::TreeReader(ByteView bytes, const ObjectId& id) : reader_{bytes}, id_{id} {
    const auto start = as_text(bytes.first(std::min(bytes.size(), header.size())));
    if (start != header)
        throw Error{errors::tree_invalid,
                    fmt::format("{} is {}", id.to_string(),
                                start.starts_with(header_prefix) ? "a directory listing of a newer format"
                                                                 : "no directory listing")};
    static_cast<void>(reader_.take(header.size()));
}

bool TreeReader::next(TreeEntry& entry) {
    if (reader_.remaining() == 0) return false;
    const auto fail = [&](std::string_view what) -> Error {
        return Error{errors::tree_invalid, fmt::format("directory listing {} holds {}", id_.to_string(), what)};
    };
    const auto letter = static_cast<char>(reader_.integer<std::uint8_t>());
    const auto flags = reader_.integer<std::uint8_t>();
    const auto name_size = reader_.integer<std::uint16_t>();
    const auto size = reader_.integer<std::uint64_t>();
    const auto name = as_text(reader_.take(name_size));
    if (reader_.failed()) throw fail("an entry that is cut short");
    if (const auto problem = tree_name_problem(name); !problem.empty() && !mutant(Mutant::tree_name))
        throw fail(fmt::format("the name {}: {}", quoted(name), problem));
    if (!last_name_.empty() && name <= last_name_)
        throw fail(fmt::format("the name {} out of order or twice", quoted(name)));

    entry = TreeEntry{};
    entry.name = name;
    entry.size_bytes = size;
    if (letter == 'l') {
        entry.kind = EntryKind::symlink;
        if (flags != 0 || size > max_target_size)
            throw fail(fmt::format("an impossible symbolic link {}", quoted(name)));
        entry.target = as_text(reader_.take(size));
        if (reader_.failed()) throw fail("an entry that is cut short");
        if (const auto problem = target_problem(entry.target); !problem.empty()) throw fail(problem);
    } else {
        if (letter != 'f' && letter != 'd') throw fail(fmt::format("an entry {} of unknown kind", quoted(name)));
        if (flags > (letter == 'f' ? 1 : 0)) throw fail(fmt::format("an entry {} with unknown flags", quoted(name)));
        entry.kind = letter == 'f' ? EntryKind::file : EntryKind::directory;
        entry.executable = flags == 1 ? Executable::yes : Executable::no;
        const auto id = ObjectId::from_binary(reader_.take(ObjectId::binary_size));
        if (!id) throw fail(fmt::format("an entry {} without a valid id", quoted(name)));
        entry.id = *id;
    }
    last_name_ = name;
    return true;
}

}  // namespace mlo::store
