// SPDX-License-Identifier: Apache-2.0
#include "sftp_wire.hpp"

#include <algorithm>
#include <cstdint>
#include <mlo/net/errors.hpp>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo::net;
    mlo::ByteView input{reinterpret_cast<const std::byte*>(data), size};
    SftpExtensions extensions;
    take_sftp_limits(input, extensions);
    MLO_ASSERT(extensions.max_read_bytes > 0 && extensions.max_read_bytes < max_sftp_packet_bytes);
    MLO_ASSERT(extensions.max_write_bytes > 0 && extensions.max_write_bytes < max_sftp_packet_bytes);
    static_cast<void>(parse_sftp_room(input));
    try {
        SftpCutter cutter;
        bool is_first = true;
        while (!input.empty()) {
            const auto part = input.first(std::min<std::size_t>(input.size(), 7));
            std::copy(part.begin(), part.end(), cutter.room().begin());
            cutter.arrived(part.size());
            input = input.subspan(part.size());
            while (const auto packet = cutter.next("input")) {
                MLO_ASSERT(packet->size() <= max_sftp_packet_bytes);
                if (std::exchange(is_first, false)) {
                    static_cast<void>(parse_sftp_version(*packet, "input"));
                    continue;
                }
                const auto numbered = parse_sftp_answer(*packet, "input");
                MLO_ASSERT(numbered.answer.handle.size() <= max_sftp_handle_bytes);
                MLO_ASSERT(numbered.answer.data.size() + numbered.answer.names.size() <= packet->size());
            }
        }
    } catch (const mlo::Error& error) {
        if (error.code().id != errors::not_sftp.id) throw;
    }
    return 0;
}
