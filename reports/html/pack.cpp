#include "reports/html/pack.h"

#include <zlib.h>

#include <stdexcept>

namespace splitproof::reports {

namespace {

// Beyond this level the time grows faster than the size shrinks.
constexpr int level = 5;

std::string deflated(std::string_view text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string bytes(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(bytes.data()), &size,
                             reinterpret_cast<const Bytef*>(text.data()),
                             static_cast<uLong>(text.size()), level);
  if (code != Z_OK) throw std::runtime_error("zlib cannot pack the data of report.html");
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group <<= 8U;
      if (at + i < bytes.size()) group |= static_cast<unsigned char>(bytes[at + i]);
    }
    for (unsigned i = 0; i < 4; ++i) {
      const bool beyond = at + i > bytes.size();
      text += beyond ? '=' : letters[group >> (18U - 6U * i) & 63U];
    }
  }
  return text;
}

std::string packed(std::string_view text) { return base64(deflated(text)); }

}  // namespace splitproof::reports
