// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/pointer.hpp>

#include <fmt/format.h>

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/yaml/parse.hpp>
#include <mlo/yaml/writer.hpp>

namespace mlo::workspace {
namespace {

constexpr std::int64_t pointer_version = 1;

[[noreturn]] void fail(const Value& value, std::string message) {
    throw Error{errors::pointer_invalid, std::move(message)}.at(value.place());
}

void check_version(const Value& root) {
    const auto version = root.find("mlo");
    if (!version) {
        throw Error{errors::pointer_invalid, "a pointer file must say 'mlo: 1'"}.at(root.place());
    }
    const auto number = version->as_integer();
    if (number > pointer_version)
        throw Error{errors::pointer_newer,
                    fmt::format("pointer format {} is newer than this mlo, which knows {}", number, pointer_version)}
            .at(version->place())
            .hint("install a newer mlo; 'mlo version' shows this one");
    if (number != pointer_version) fail(*version, fmt::format("there is no pointer format {}", number));
}

std::string name_from(const Value& root) {
    const auto text = root.find("path");
    const auto bytes = root.find("path_bytes");
    if (text && bytes) fail(*bytes, "a pointer file has either 'path' or 'path_bytes'");
    if (text) return std::string{text->as_string()};
    const auto encoded = root.find("path_bytes");
    if (!encoded) fail(root, "a pointer file must say 'path'");
    auto decoded = base64_decode(encoded->as_string());
    if (!decoded) fail(*encoded, "'path_bytes' must be base64");
    if (is_valid_utf8(*decoded)) fail(*encoded, fmt::format("{} must be written as 'path'", quoted(*decoded)));
    return std::move(*decoded);
}

void check_name(const Value& root, std::string_view name, std::optional<std::string_view> expected) {
    const auto text = root.find("path");
    const auto value = text ? *text : root.get("path_bytes");
    if (name.find('/') != name.npos || !path::is_plain_relative(name))
        fail(value, fmt::format("{} is not the name of something beside the pointer file", quoted(name)));
    if (!expected || mutant(Mutant::pointer_name)) return;
    if (name != *expected)
        throw Error{errors::pointer_name_mismatch,
                    fmt::format("the pointer of {} describes {}", quoted(*expected), quoted(name))}
            .at(value.place())
            .hint(fmt::format("after a rename, correct 'path' to {}", quoted(*expected)));
}

Pointer parse(std::string_view text, std::optional<std::string_view> name, std::string_view shown) {
    const auto document = yaml::parse(text, shown, {.size_bytes = pointer_size_limit, .nodes = 100, .depth = 4});
    const auto root = document.root();
    if (!root.is(ValueKind::mapping))
        throw Error{errors::pointer_invalid, fmt::format("{} is not a pointer file", quoted(shown))}.at(root.place());
    check_version(root);
    root.allow_only({"mlo", "path", "path_bytes", "id", "kind", "executable", "size", "files"});

    Pointer pointer;
    pointer.name = name_from(root);
    check_name(root, pointer.name, name);

    const auto id = root.get("id");
    const auto parsed = store::ObjectId::parse(id.as_string());
    if (!parsed) fail(id, fmt::format("{} is no id: 'sha256:' and 64 hex digits", quoted(id.as_string())));
    pointer.id = *parsed;

    const auto kind = root.get("kind");
    if (kind.as_string() != "file" && kind.as_string() != "directory")
        fail(kind, fmt::format("'kind' must be 'file' or 'directory', not {}", quoted(kind.as_string())));
    pointer.kind = kind.as_string() == "file" ? PointerKind::file : PointerKind::directory;
    pointer.size_bytes = root.get("size").as_unsigned();

    const auto executable = root.find("executable");
    const auto files = root.find("files");
    if (pointer.kind == PointerKind::directory) {
        if (executable) fail(*executable, "a directory has no 'executable'");
        pointer.files = root.get("files").as_unsigned();
    } else {
        if (files) fail(*files, "a file has no 'files'");
        if (executable && executable->as_boolean()) pointer.executable = store::Executable::yes;
    }
    return pointer;
}

}  // namespace

bool is_pointer_name(std::string_view file_name) noexcept {
    return file_name.size() > pointer_suffix.size() && file_name.ends_with(pointer_suffix);
}

std::string format_pointer(const Pointer& pointer) {
    std::string text;
    yaml::Writer writer{text};
    writer.begin_mapping().key("mlo").integer(pointer_version);
    if (is_valid_utf8(pointer.name))
        writer.key("path").string(pointer.name);
    else
        writer.key("path_bytes").string(base64_encode(as_bytes(pointer.name)));
    writer.key("id").string(pointer.id.to_string());
    writer.key("kind").string(pointer.kind == PointerKind::file ? "file" : "directory");
    if (pointer.executable == store::Executable::yes) writer.key("executable").boolean(true);
    writer.key("size").unsigned_integer(pointer.size_bytes);
    if (pointer.kind == PointerKind::directory) writer.key("files").unsigned_integer(pointer.files);
    writer.end_mapping();
    return text;
}

Pointer parse_pointer(std::string_view text, std::string_view name, std::string_view shown) {
    return parse(text, name, shown);
}

Pointer parse_pointer_of_any_name(std::string_view text, std::string_view shown) {
    return parse(text, std::nullopt, shown);
}

Pointer read_pointer(Dir& folder, std::string_view name, std::string_view shown) {
    return parse_pointer(read_file(folder, pointer_name(name), pointer_size_limit), name, shown);
}

std::string pointer_name(std::string_view name) { return fmt::format("{}{}", name, pointer_suffix); }

void write_pointer(Dir& folder, const Pointer& pointer, Random& random) {
    write_file_atomically(folder, pointer_name(pointer.name), format_pointer(pointer), 0666, random);
}

}  // namespace mlo::workspace
