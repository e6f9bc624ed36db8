// The text of a scenario file before anybody takes it for YAML: is it text at all, and where in it
// does something stand. Places count from 1, and columns count characters, as editors do; the YAML
// parser counts bytes, from 0, and this is where the one becomes the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {

// A text in lines, able to say where in it a byte stands.
class SourceText {
 public:
  // A byte order mark at the beginning is dropped.
  SourceText(std::string text, std::string name);

  const std::string& text() const { return text_; }

  // The place of the byte `column_bytes` (from 0) of the line `line` (from 0).
  SourcePlace place(int line, int column_bytes) const;

  // The place of the last byte before that one that is no blank and no line end.
  SourcePlace place_before(int line, int column_bytes) const;

  // The line (from 0) without its end; empty beyond the last one.
  std::string_view line(int line) const;

  // The text from that byte to its end; empty where there is no such byte.
  std::string_view from(int line, int column_bytes) const;

  // The first byte that text in UTF-8 cannot contain, control characters included.
  std::optional<ScenarioError> first_flaw() const;

 private:
  std::size_t start_of_line(int line) const;

  std::string text_;
  std::string name_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace splitproof::harness
