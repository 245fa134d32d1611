// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::cli {

class Context;

/// A manual page that is part of the program: the source as man/ holds it, markers included.
struct Page {
    std::string_view name;  ///< "mlo-add.1"
    std::string_view source;
};

/// Sorted by name. Generated from man/ at build time.
[[nodiscard]] std::span<const Page> all_pages();
/// The page for `words`: a command ("remote add"; its group's page if it has none of its own), a format or a topic.
[[nodiscard]] const Page* find_page(std::string_view words);
/// The page's scdoc with every marker replaced.
[[nodiscard]] std::string page_document(const Page& page);
/// What `words` may be: "add", "pointer", ...
[[nodiscard]] std::vector<std::string> page_words();

/// Shows the page that `words` name, on a terminal through man(1) if mlo is installed, and returns the exit code.
/// Throws unknown_page.
int show_page(Context& ctx, const std::vector<std::string>& words);

}  // namespace mlo::cli
