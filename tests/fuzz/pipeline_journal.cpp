// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/hash/digest.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

#include "journal_format.hpp"

namespace {

using namespace mlo;
using namespace mlo::pipeline;

/// What is told of a text, written again; nothing if it is of another form.
std::string told(std::string_view text) {
    std::string lines;
    try {
        const auto found = journal::read(text, "input", [&](JournalEntry entry) { lines += journal::encode(entry); });
        MLO_ASSERT(found.whole_lines.size() + found.cut_off <= text.size());
        MLO_ASSERT(found.cut_off == 0 || text.back() != '\n');
    } catch (const Error& error) {
        if (error.code().id != mlo::pipeline::errors::journal_newer.id) throw;
    }
    return lines;
}

}  // namespace

/// A journal is read to its end, whatever it holds; what is read of it can be written, and is the same when read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(std::as_bytes(std::span{data, size}));
    const auto lines = told(text);
    MLO_ASSERT(told(lines) == lines);
    // Checksums keep a fuzzer out: the same bytes are also tried as what is behind them.
    const auto line = hash::to_hex(hash::xxh3_128(as_bytes(text))) + ' ' + std::string{text} + '\n';
    const auto again = told(line);
    MLO_ASSERT(told(again) == again);
    try {
        const auto entry = journal::parse_entry(text);
        MLO_ASSERT(journal::to_json(journal::parse_entry(journal::to_json(entry))) == journal::to_json(entry));
        static_cast<void>(key_of(entry.record));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal) throw;
    }
    return 0;
}
