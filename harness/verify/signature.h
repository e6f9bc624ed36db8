// Signatures of a report's MANIFEST, made and checked by ssh-keygen (OpenSSH 8.2 and later) in the
// format of `ssh-keygen -Y sign`, so that anybody can check them without this program.
//
// Keys and who they belong to are the user's; nothing of them is written into a report.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"
#include "harness/verdict/verification.h"

namespace splitproof::harness {

// Writes `file`.sig beside the file. `key` is a private key without a passphrase, or a public one
// whose private half an agent holds. A sentence where it cannot be done.
std::optional<std::string> sign_file(const std::string& file, const std::string& key);

struct SignatureCheck {
  bool good = false;
  std::string text;  // Who signed it, or what is wrong; a sentence.
};

// `file` against `file`.sig; `signers` is a file of allowed signers.
SignatureCheck check_signature(const std::string& file, const std::string& signers);

// Says of the folder's signature what is known; one that does not fit, or is not there though it is
// asked for, is a change.
void note_signature(const VerifyOptions& options, VerificationVerdict& verdict);

}  // namespace splitproof::harness
