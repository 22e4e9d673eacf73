// CRC-32C (Castagnoli), RFC 3720 appendix B.4: the check of log frames and sealed files.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace dunlin {

// The checksum of what `crc` covered so far followed by `data`; start with 0. Uses SSE 4.2 where the processor has it.
std::uint32_t crc32c(std::uint32_t crc, byte_span data);

}  // namespace dunlin
