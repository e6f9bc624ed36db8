// What checking a report came to, as plain data: is its folder as it was written, and does each
// case's verdict follow again from the plans, or from what was written down of its runs?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace splitproof::harness {

enum class Confirmation {
  confirmed,
  differs,
  impossible,  // Nothing can be said here: it cannot be run, or was not written down.
};

// "confirmed", "differs", "cannot be re-run here" or, without a database, "cannot be derived".
std::string_view to_string(Confirmation answer, bool offline);

// A file of the folder that is not as MANIFEST says, and how.
struct FileChange {
  std::string path;  // In the folder.
  std::string what;

  bool operator==(const FileChange&) const = default;
};

struct CaseCheck {
  std::string scenario;
  std::string variant;
  std::string target;
  Confirmation answer = Confirmation::confirmed;
  std::int64_t runs = 0;             // Run again, or judged again.
  std::vector<std::string> because;  // Why not confirmed: where it differs, or what is missing.
  std::vector<std::string> taken;    // What was taken as it is written, and not checked.

  bool operator==(const CaseCheck&) const = default;
};

struct VerificationVerdict {
  std::string folder;
  bool offline = false;
  std::string root;                 // Of MANIFEST; empty where there is none.
  std::int64_t files = 0;           // That MANIFEST names.
  std::vector<FileChange> changed;  // In the order of their paths.
  // What the report of an older program does not have, or what is not there any more.
  std::vector<std::string> lacks;
  std::string signature;  // What is known of who signed it; a sentence.
  std::vector<CaseCheck> cases;

  bool operator==(const VerificationVerdict&) const = default;
};

// 0 all is confirmed, 1 something differs or was changed, 2 nothing does, but something cannot be
// checked here.
int exit_code(const VerificationVerdict& verdict);

}  // namespace splitproof::harness
