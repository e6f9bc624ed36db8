// The SHA-256 by which a report shows that it is as it was written.
//
// It guards against accidents and careless edits. It is no signature: whoever changes a report on
// purpose can compute the digest again.
#pragma once

#include <string>
#include <string_view>

namespace splitproof::reports {

// "sha256:" and 64 lower-case hexadecimal digits. Throws std::runtime_error if the cryptographic
// library refuses, which leaves nothing that a report could honestly say.
std::string sha256_of(std::string_view bytes);

// The same as 32 bytes.
std::string sha256_bytes_of(std::string_view bytes);

}  // namespace splitproof::reports
