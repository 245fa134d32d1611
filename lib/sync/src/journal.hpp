// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <mlo/store/pack_index.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::sync {

/// The footers of packs that are being sent, so that a push which was killed can tell which of them arrived. A file
/// that does not hash to its name is none. Thread-safe.
class Journal {
public:
    Journal(Dir& folder, const Runtime& runtime);

    /// What earlier pushes left.
    [[nodiscard]] std::vector<store::PackOutline> read();
    /// To be called before the pack's first byte is sent. Visible when it returns; a power cut may lose it, which costs
    /// sending the pack again.
    void write(const store::PackOutline& pack);
    void remove(const store::ObjectId& pack);

private:
    std::unique_ptr<Dir> folder_;
    Runtime runtime_;
};

}  // namespace mlo::sync
