#include "reports/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace splitproof::reports {

std::string sha256_bytes_of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("the OpenSSL library refused to compute a SHA-256");
  }
  return {hash.begin(), hash.begin() + length};
}

std::string sha256_of(std::string_view bytes) {
  std::string text = "sha256:";
  for (const char byte : sha256_bytes_of(bytes)) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

}  // namespace splitproof::reports
