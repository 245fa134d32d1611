// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::table {

/// A folder of this process alone, which goes with the object. Those of processes that were killed go when the next
/// one is made beside them.
class Scratch {
public:
    Scratch(const std::string& parent, const Runtime& runtime);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] Dir& dir() noexcept { return *dir_; }
    [[nodiscard]] std::string path_of(std::string_view name) const;
    /// A name that nothing here has.
    [[nodiscard]] std::string fresh_name(std::string_view suffix);

private:
    bool make(const Runtime& runtime);
    void sweep(const Runtime& runtime);

    std::unique_ptr<Dir> parent_;
    std::string name_;
    std::unique_ptr<Dir> dir_;
    std::unique_ptr<File> lock_;
    std::uint64_t files_ = 0;
};

}  // namespace mlo::table
